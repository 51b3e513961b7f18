package phrase

// zhClient are the sentences of its room.
var zhClient = map[string]string{
	"hall %s: not an address; give it as http://HOST:PORT":                                     "机房 %s：不是地址；请写成 http://主机:端口",
	"hall %s: does not answer; start one with datahall up, or give another address with --url": "机房 %s：没有应答；请用 datahall up 启动，或用 --url 给出别的地址",
	"hall: answered %s: %s": "机房：回答 %s：%s",
}
