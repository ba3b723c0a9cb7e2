# The scripts say what they found, what they installed and what they left out.
# NO_INSTALL=1 keeps them from installing anything.

.DEFAULT_GOAL := build
.PHONY: build demo demo-cohort test bench gpu-check cuda-header clean help

build: ## build bin/brainsweep with all that this machine offers
	@scripts/setup.sh
	@scripts/build.sh

demo: build ## build, then run examples/adex.toml on two processes
	@scripts/demo.sh

demo-cohort: build ## build, write a cohort of made up people, and run examples/cohort.toml over it
	@scripts/demo-cohort.sh

test: ## check the sources and run all tests
	@scripts/setup.sh test
	@scripts/test.sh

bench: build ## build, then measure node-steps per second, some minutes (one case: ARGS="--case adex2 --json")
	@scripts/bench.sh $(ARGS)

gpu-check: ## collect in build/gpu-check all that checks a GPU, and check here if there is one
	@scripts/gpu-check.sh

cuda-header: ## fetch CUDA's header cuda.h into .tools (774 MB to download, Debian and Ubuntu)
	@scripts/nvrtc.sh header

clean: ## remove what make made
	rm -rf bin build

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 13
