package phrase

// zhLinear is the Chinese of what numeric/linear says.
var zhLinear = map[string]string{
	"row %s: no number to learn; give one, or leave the row out":                              "第 %s 行：没有可学习的数值；请补上数值，或去掉这一行",
	"row %s: label %q is none of the model's; correct it, or train with it":                   "第 %s 行：模型没有 %q 这个标签；请改正标签，或带上它重新训练",
	"row %s: %s labels where one is needed; use the multilabel task, or give it one":          "第 %s 行：有 %s 个标签，而这里需要恰好一个；请改用 multilabel 任务，或只保留一个标签",
	"training rows: none; give at least two":                                                  "训练数据：一行也没有；请至少提供两行",
	"training rows: all have the label %q; give rows of at least two labels":                  "训练数据：全部是同一个标签 %q；请提供至少两种标签的数据",
	"training vectors: that of row %s is not finite; the encoder is broken, use another base": "训练向量：第 %s 行的向量不是有限数；编码器已损坏，请换一个基座模型",

	"linear model: %s; take the whole folder as datahall wrote it":                                       "线性模型：%s；请使用 datahall 写出的完整文件夹",
	"linear model: written in version %s of the format, this datahall reads version %s; update datahall": "线性模型：文件格式为第 %s 版，当前 datahall 只能读取第 %s 版；请升级 datahall",
	"the file %s is missing":           "缺少文件 %s",
	"%s cannot be read as JSON (%s)":   "%s 不是有效的 JSON（%s）",
	"%s is not that of a linear model": "%s 不属于线性模型",
	"what %s says of %q cannot be":     "%s 中 %q 的内容不合理",
	"%s has no usable tensor %q":       "%s 中没有可用的张量 %q",
	"line %s of %s is none that fits":  "%[2]s 的第 %[1]s 行与模型不符",
	"%s has %s lines, %s are wanted":   "%s 有 %s 行，应为 %s 行",
}
