package codegen

// Constants evaluates what a point's parameters fold to, in the order of the buffer "constants". value gives the
// number at an address: parameters of the node's model by their bare name, "coupling.a", "noise.ou", and StepAddress.
func (k *Kernel) Constants(value func(address string) float64) []float64 {
	return k.units[0].folded.Eval(value)
}

// BOLDConstants does the same for the BOLD model of a stream of the kind Balloon, whose parameters have the addresses
// "bold.<name>": the order is that of the buffer "constants<stream>".
func (k *Kernel) BOLDConstants(stream int, value func(address string) float64) []float64 {
	unit := 0
	for _, s := range k.spec.Streams[:stream+1] {
		if s.Kind == Balloon {
			unit++
		}
	}
	return k.units[unit].folded.Eval(func(name string) float64 {
		if name == StepAddress {
			return float64(k.spec.Streams[stream].Every) * value(StepAddress)
		}
		return value("bold." + name)
	})
}

// NodeConstants evaluates what differs from node to node, in the order [constant][node] of the buffer
// "node_constants". It is empty when no parameter is given node by node.
func (k *Kernel) NodeConstants(value func(address string) float64, nodeValue func(address string, node int) float64) []float64 {
	constants := len(k.units[0].nodeConstants)
	if constants == 0 {
		return nil
	}
	perNode := map[string]bool{}
	for _, name := range k.spec.PerNode {
		perNode[name] = true
	}
	n := k.spec.Nodes
	out := make([]float64, constants*n)
	for i := range n {
		column := k.units[0].nodal.Eval(func(name string) float64 {
			if perNode[name] {
				return nodeValue(name, i)
			}
			return value(name)
		})
		for j, v := range column {
			out[j*n+i] = v
		}
	}
	return out
}
