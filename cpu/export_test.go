package cpu

// What the external tests need of the inside.
var (
	FreeMemory = freeMemory
	Sealed     = sealed
	HostLevel  = func(cpuinfo, arch string) string {
		h := hostOf(cpuinfo, levels[arch])
		if h.level < 0 {
			return ""
		}
		return levels[arch][h.level].name
	}
	HostDigest = func(cpuinfo string) string { return hostOf(cpuinfo, nil).digest }
)
