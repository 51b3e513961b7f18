package phrase

// zhEnergy are the sentences of its room.
var zhEnergy = map[string]string{
	"tariff: a price, a weight or a power is below zero; give 0 or more": "费率：价格、重量或功率小于零；请给出不小于 0 的值",
	"tariff: a PUE of %s; give 1 (no cooling) to 10":                     "费率：PUE 为 %s；请给出 1（无制冷）到 10",
	"tariff: a machine with a price needs a lifetime; give its years":    "费率：有价格的机器需要使用年限；请给出年数",
	"tariff: idle takes more power than full load; exchange the two":     "费率：空闲功率高于满载功率；请交换两者",
}
