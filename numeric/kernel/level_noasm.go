//go:build !amd64 || purego

package kernel

var machine = CPU{Name: "unknown"}

func sets() []*set { return []*set{&goSet} }

func gemm(s *set, p *gemmArgs) { gemmGo(p) }
