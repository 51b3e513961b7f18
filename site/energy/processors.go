package energy

// processor is a line of the table: a chip as it is sold.
type processor struct {
	name    string  // lower case, as it stands in the name that the system gives
	cores   int     // of one package
	threads int     // of one package
	idle    float64 // watts of one package, its memory included, with nothing to do
	max     float64 // watts of one package with all threads busy for long
}

// processors: max is the maker's sustained limit (TDP; for desktop chips the
// power limit that boards ship with: PL2, PPT), from data sheets; idle is
// typical of the class (a fifth to a third of TDP for servers, a few watts for
// laptops), as wall measurements of published SPECpower_ssj2008 results and
// reviews have it. The longest name that fits counts. Names that clouds give
// their own chips (8488C, 7R13, …) have the figures of the chip sold openly.
var processors = []processor{
	// Intel servers
	{"xeon e5-2666 v3", 10, 20, 38, 135}, {"xeon e5-2670", 8, 16, 35, 115}, {"xeon e5-2680 v4", 14, 28, 36, 120},
	{"xeon e5-2690 v4", 14, 28, 38, 135}, {"xeon e5-2699 v4", 22, 44, 42, 145}, {"xeon e-2288g", 8, 16, 12, 95},
	{"xeon silver 4210", 10, 20, 28, 85}, {"xeon silver 4314", 16, 32, 45, 135}, {"xeon gold 6130", 16, 32, 40, 125},
	{"xeon gold 6148", 20, 40, 45, 150}, {"xeon gold 6230", 20, 40, 40, 125}, {"xeon gold 6248", 20, 40, 45, 150},
	{"xeon gold 6338", 32, 64, 65, 205}, {"xeon gold 6430", 32, 64, 85, 270}, {"xeon platinum 8124m", 18, 36, 55, 200},
	{"xeon platinum 8175m", 24, 48, 60, 240}, {"xeon platinum 8259cl", 24, 48, 55, 210}, {"xeon platinum 8275cl", 24, 48, 60, 240},
	{"xeon platinum 8358", 32, 64, 75, 250}, {"xeon platinum 8370c", 32, 64, 80, 270}, {"xeon platinum 8375c", 32, 64, 85, 300},
	{"xeon platinum 8380", 40, 80, 80, 270}, {"xeon platinum 8480", 56, 112, 105, 350}, {"xeon platinum 8481c", 56, 112, 105, 350},
	{"xeon platinum 8488c", 48, 96, 105, 350}, {"xeon platinum 8581c", 60, 120, 105, 350}, {"xeon platinum 8592", 64, 128, 105, 350},
	{"xeon 6980p", 128, 256, 140, 500},
	// Intel desktops and laptops
	{"core i5-8250u", 4, 8, 2, 25}, {"core i7-8700k", 6, 12, 6, 95}, {"core i5-1135g7", 4, 8, 2, 28}, {"core i7-1165g7", 4, 8, 2, 28},
	{"core i7-1185g7", 4, 8, 2, 28}, {"core i7-12700", 12, 20, 8, 180}, {"core i9-12900k", 16, 24, 10, 241}, {"core i5-13600k", 14, 20, 9, 181},
	{"core i7-13700k", 16, 24, 10, 253}, {"core i9-13900k", 24, 32, 12, 253}, {"core i9-14900k", 24, 32, 12, 253},
	{"core ultra 7 155h", 16, 22, 3, 64}, {"n100", 4, 4, 2, 12},
	// AMD servers
	{"epyc 7502", 32, 64, 65, 180}, {"epyc 7542", 32, 64, 70, 225}, {"epyc 7551", 32, 64, 60, 180}, {"epyc 7571", 32, 64, 60, 200},
	{"epyc 7742", 64, 128, 75, 225}, {"epyc 7r32", 48, 96, 75, 240}, {"epyc 7543", 32, 64, 75, 225}, {"epyc 7713", 64, 128, 80, 225},
	{"epyc 7763", 64, 128, 85, 280}, {"epyc 7b13", 64, 128, 80, 240}, {"epyc 7r13", 48, 96, 75, 240}, {"epyc 9354", 32, 64, 85, 280},
	{"epyc 9554", 64, 128, 100, 360}, {"epyc 9654", 96, 192, 105, 360}, {"epyc 9r14", 96, 192, 105, 360}, {"epyc 9754", 128, 256, 110, 360},
	{"epyc 9755", 128, 256, 130, 500}, {"epyc 9965", 192, 384, 135, 500},
	// AMD desktops and laptops
	{"ryzen 5 3600", 6, 12, 18, 88}, {"ryzen 5 5600x", 6, 12, 20, 76}, {"ryzen 7 5800x", 8, 16, 22, 142}, {"ryzen 9 5950x", 16, 32, 28, 142},
	{"ryzen 7 7700x", 8, 16, 24, 142}, {"ryzen 9 7950x", 16, 32, 30, 230}, {"ryzen 9 9950x", 16, 32, 30, 230}, {"ryzen 7 5800h", 8, 16, 5, 54},
	{"ryzen 7 7840u", 8, 16, 3, 30}, {"ryzen 7 7840hs", 8, 16, 4, 54}, {"ryzen threadripper 3970x", 32, 64, 60, 280},
	{"ryzen threadripper pro 5995wx", 64, 128, 75, 280}, {"ryzen threadripper pro 7995wx", 96, 192, 90, 350},
	// Apple
	{"apple m1", 8, 8, 1, 22}, {"apple m1 pro", 10, 10, 2, 38}, {"apple m1 max", 10, 10, 2, 42}, {"apple m1 ultra", 20, 20, 5, 85},
	{"apple m2", 8, 8, 1, 25}, {"apple m2 pro", 12, 12, 2, 45}, {"apple m2 max", 12, 12, 2, 50}, {"apple m2 ultra", 24, 24, 5, 100},
	{"apple m3", 8, 8, 1, 25}, {"apple m3 pro", 12, 12, 2, 40}, {"apple m3 max", 16, 16, 2, 65},
	{"apple m4", 10, 10, 1, 28}, {"apple m4 pro", 14, 14, 2, 60}, {"apple m4 max", 16, 16, 2, 80},
	// ARM and makers in China
	{"neoverse-n1", 64, 64, 35, 110}, {"neoverse-v1", 64, 64, 35, 110}, {"neoverse-v2", 96, 96, 40, 150}, {"ampere altra", 80, 80, 50, 210},
	{"cortex-a72", 4, 4, 2, 7}, {"cortex-a76", 4, 4, 3, 11}, {"kunpeng-920", 64, 64, 55, 180}, {"ft-2000+", 64, 64, 35, 100},
	{"hygon c86 7185", 32, 64, 55, 180}, {"loongson-3a5000", 4, 4, 12, 35},
}

// families stand in where only the family is told, as virtual machines do.
var families = []processor{
	{"xeon", 32, 64, 70, 240}, {"epyc", 64, 128, 85, 260}, {"hygon", 32, 64, 55, 180}, {"threadripper", 32, 64, 60, 280},
	{"ryzen", 8, 16, 18, 105}, {"core i", 8, 16, 6, 110}, {"core ultra", 16, 20, 5, 120}, {"apple", 10, 10, 2, 35},
	{"pentium", 2, 4, 3, 30}, {"celeron", 2, 4, 2, 20}, {"atom", 8, 8, 5, 25}, {"neoverse", 64, 64, 35, 120}, {"cortex", 4, 4, 2, 8},
}

// perCore is for a processor that nobody has heard of: one core, as a typical
// server core, halfway between a laptop's 3 W and a desktop's 12.
var perCore = processor{"one core", 1, 1, 1.3, 5.5}
