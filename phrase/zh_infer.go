package phrase

// zhInfer are the sentences of its room.
var zhInfer = map[string]string{
	"model: a %s model has no vectors; ask it to predict, or serve a BERT model":          "模型：%s 模型没有向量；请用它预测，或部署 BERT 模型",
	"model: it has no labels to predict; ask it to embed, or train it first":              "模型：没有可预测的标签；请用它求向量，或先训练它",
	"text %s: longer than the %s tokens that the model reads; shorten it or set truncate": "文本 %s：超过模型能读的 %s 个词元；请缩短，或设置 truncate",
}
