package phrase

// zhApi are the sentences of its room.
var zhApi = map[string]string{
	"request: %s: %s": "请求：%s：%s",
	"key: has no name; give one that says who uses it":                          "密钥：没有名称；请给出能说明使用者的名称",
	"%s %s: no such route; see /api/v1/openapi.json":                            "%s %s：没有这个路由；请看 /api/v1/openapi.json",
	"%s: has no file %q":                                                        "%s：没有文件 %q",
	"hall: a fault of ours; its log has the details":                            "机房：我们的程序错误；详情见它的日志",
	"host %q: not a name of this hall; ask it as 127.0.0.1 or localhost":        "主机名 %q：不是这个机房的名字；请用 127.0.0.1 或 localhost 访问",
	"request: no valid key came with it; send one as Authorization: Bearer KEY": "请求：没有附带有效的密钥；请以 Authorization: Bearer KEY 发送",
}
