package phrase

// zhEval is the Chinese of what flow/eval says.
var zhEval = map[string]string{
	"baseline %s": "基线 %s",
	"rows to measure on: none; choose a split that has rows":                         "评估数据：一行也没有；请选择有数据的划分",
	"row %s: %s labels to compare with, one is needed; label it, or leave it out":    "第 %s 行：有 %s 个标签可供比对，而这里需要恰好一个；请标注它，或去掉这一行",
	"row %s: no number to compare with; give one, or leave the row out":              "第 %s 行：没有可供比对的数值；请补上数值，或去掉这一行",
	"training row %s: its label is not among the labels; give all of them":           "训练数据第 %s 行：其标签不在标签列表中；请给出全部标签",
	"row %s: the model answers with what is no number; it is broken, train it again": "第 %s 行：模型给出的不是数值；模型已损坏，请重新训练",
}
