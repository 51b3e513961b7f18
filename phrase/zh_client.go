package phrase

// zhClient are the sentences of its room.
var zhClient = map[string]string{
	"hall %s: not an address; give it as http://HOST:PORT":                                     "机房 %s：不是地址；请写成 http://主机:端口",
	"hall %s: does not answer; start one with datahall up, or give another address with --url": "机房 %s：没有应答；请用 datahall up 启动，或用 --url 给出别的地址",
	"hall: answered %s: %s":                                                              "机房：回答 %s：%s",
	"hall of %s: did not start; %s says more":                                            "%s 的机房：没有启动；详见 %s",
	"hall of %s: did not start (%s); %s says more":                                       "%s 的机房：没有启动（%s）；详见 %s",
	"home %s: its key is not readable by you; set DATAHALL_API_KEY, or run as its owner": "目录 %s：您无权读取其中的密钥；请设置 DATAHALL_API_KEY，或以其所有者身份运行",
	"home %s: cannot be written (%s); give another with --home or DATAHALL_HOME":         "目录 %s：无法写入（%s）；请用 --home 或 DATAHALL_HOME 指定别的目录",
}
