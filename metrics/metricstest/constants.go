package metricstest

import (
	"maps"
	"slices"
	"testing"

	"brainsweep/metrics"
)

func compareConstants(t *testing.T, all map[string]any) {
	entries := func(name string) []*reference {
		list, _ := all[name].([]any)
		var out []*reference
		for _, e := range list {
			out = append(out, &reference{want: e.(map[string]any)})
		}
		return out
	}
	for _, e := range entries("lz76_strings") {
		text := e.at("s").(string)
		Same(t, "words of "+text, float64(metrics.LempelZiv(Pack(text), len(text))), e.at("c"), 0)
	}
	for _, e := range entries("bimodality_small") {
		x := e.numbers("x")
		bc, skewness, kurtosis := metrics.Bimodality(x)
		eta, threshold := metrics.Otsu(slices.Sorted(slices.Values(x)))
		for leaf, got := range map[string]float64{"bc": bc, "skew": skewness, "exkurt": kurtosis, "eta": eta, "otsu_threshold": threshold} {
			Same(t, leaf, got, e.at(leaf), Relative)
		}
	}
	for _, e := range entries("prominence_small") {
		peaks := metrics.Peaks(e.numbers("x"))
		if len(peaks) != len(e.numbers("peaks")) {
			t.Errorf("peaks of %v: %v", e.numbers("x"), peaks)
			continue
		}
		for k, p := range peaks {
			Same(t, "place of the peak", float64(p.At), e.numbers("peaks")[k], 0)
			Same(t, "prominence", p.Prominence, e.numbers("prominences")[k], Relative)
		}
	}
	for _, e := range entries("ks_small") {
		Same(t, "KS", metrics.KS(e.numbers("a"), e.numbers("b")), e.at("ks"), Relative)
	}
	responses, _ := all["pci"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(responses)) {
		comparePCI(t, &reference{want: responses[name].(map[string]any)})
	}
}

func comparePCI(t *testing.T, e *reference) {
	k := int(number(e.at("k")))
	response := make([][]bool, int(number(e.at("sources"))))
	for s := range response {
		response[s] = make([]bool, int(number(e.at("times"))))
		for j := range response[s] {
			response[s][j] = (k*j*j+11*s*j+17*s*s)%31 < 9 && (s+j)%5 < 4
		}
	}
	pci, words, entropy := metrics.PCI(response)
	Same(t, "words", float64(words), e.at("casali_2d", "c"), 0)
	Same(t, "PCI", pci, e.at("casali_2d", "pci"), Relative)
	Same(t, "entropy", entropy, e.at("casali_2d", "H"), Relative)
	flat := ""
	for j := range response[0] {
		for s := range response {
			flat += map[bool]string{true: "1", false: "0"}[response[s][j]]
		}
	}
	Same(t, "words one after another", float64(metrics.LempelZiv(Pack(flat), len(flat))), e.at("flat_lz76", "c"), 0)
}

func Pack(text string) []uint64 {
	out := make([]uint64, (len(text)+63)/64)
	for i, b := range text {
		if b == '1' {
			out[i/64] |= 1 << (63 - i%64)
		}
	}
	return out
}
