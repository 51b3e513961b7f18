package phrase

// zhServe are the sentences of its room.
var zhServe = map[string]string{
	"endpoint %s: answers %s questions already; ask again in a moment":     "服务端点 %s：已在回答 %s 个请求；请稍后再试",
	"endpoint %s: its replica is not ready; see datahall endpoint show %s": "服务端点 %s：副本尚未就绪；请看 datahall endpoint show %s",
}
