package codegen

import (
	"brainsweep/model/expr"
)

// Constants evaluates what a point's parameters fold to, in the order of the buffer "constants". value gives the
// number at an address: parameters of the node's model by their bare name, those of a BOLD model as "bold.<name>",
// and "step" as the step [ms] of the node's model.
func (k *Kernel) Constants(value func(address string) float64) []float64 {
	var out []float64
	for i, u := range k.units {
		leaf := value
		if i > 0 {
			leaf = k.boldLeaf(i, value)
		}
		out = append(out, expr.Eval(u.constants, leaf)...)
	}
	return out
}

// boldLeaf gives the leaves of the BOLD model of unit i. Its step is that of its means.
func (k *Kernel) boldLeaf(i int, value func(string) float64) func(string) float64 {
	balloons := 0
	every := 1
	for _, s := range k.spec.Streams {
		if s.Kind == Balloon {
			if balloons++; balloons == i {
				every = s.Every
			}
		}
	}
	return func(name string) float64 {
		if name == "step" {
			return float64(every) * value("step")
		}
		return value("bold." + name)
	}
}

// NodeConstants evaluates what differs from node to node, in the order [constant][node] of the buffer
// "node_constants". It is empty when no parameter is given node by node.
func (k *Kernel) NodeConstants(value func(address string) float64, nodeValue func(address string, node int) float64) []float64 {
	nodes := k.units[0].nodeConstants
	if len(nodes) == 0 {
		return nil
	}
	perNode := map[string]bool{}
	for _, name := range k.spec.PerNode {
		perNode[name] = true
	}
	n := k.spec.Nodes
	out := make([]float64, len(nodes)*n)
	for i := range n {
		column := expr.Eval(nodes, func(name string) float64 {
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
