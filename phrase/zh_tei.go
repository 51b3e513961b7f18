package phrase

// zhTei are the sentences of its room.
var zhTei = map[string]string{
	"%s %s: no such route; an endpoint answers /predict, /embed, /info and /health": "%s %s：没有这个路由；服务端点回答 /predict、/embed、/info 和 /health",
	"inputs: empty; send at least one text":                                         "inputs：为空；请至少发送一条文本",
	"inputs: %s texts in one request; send at most %s":                              "inputs：一次请求有 %s 条文本；至多 %s 条",
	"request: longer than %s bytes; send fewer texts at once":                       "请求：超过 %s 字节；请一次少发一些文本",
	"request: %s; see the shapes of Text Embeddings Inference":                      "请求：%s；请看 Text Embeddings Inference 的格式",
}
