package phrase

// zhPrep are the sentences of its room.
var zhPrep = map[string]string{
	"split: the fraction %s is not from 0 up to 1; 0.2 takes a fifth":                    "划分：比例 %s 不在 0 到 1 之间；0.2 表示五分之一",
	"split: test and validation leave no rows to train on; make their fractions smaller": "划分：测试和验证占满了，没有行可供训练；请减小比例",
	"split: there are %s different texts for %s sides; bring more rows":                  "划分：只有 %s 条不同的文本，要分成 %s 份；请提供更多行",
	"differs only in case, width, spaces or hyphens":                                     "只在大小写、全半角、空格或连字符上不同",
	"is one letter away and rare":                                                        "只差一个字母，而且很少出现",
}
