// Package energy turns seconds into joules, money and grams of CO2.
//
// All of it is arithmetic on values handed in. Where the processor's own energy
// counters can be read ([ReadRAPL]) a piece of work gets its share of what they
// measured ([Measured]); elsewhere its share of what a table of processors says
// ([Lookup], [Modelled]). Either way the result carries its source and the
// half-width of its band, and shares of one machine add up to the machine: what
// is busy by processor time, what is idle by processors held.
//
// What is counted is what RAPL counts, the processor packages with their
// memory; boards, fans and power supplies are the tariff's PUE to add.
//
// It refuses to read a clock or a file by itself, and to give a figure without
// saying where it comes from. A new processor is a line of processors.go.
package energy
