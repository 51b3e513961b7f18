package phrase

// zhMain are the sentences of its room.
var zhMain = map[string]string{
	"splitting %s rows": "划分 %s 行",
	"label %s: only one text; it is trained but not tested": "标签 %s：只有一条文本；参与训练，不参与测试",
	"predicting %s texts": "预测 %s 条文本",
	"evaluation: no row is of the split %q; name another with --split, or all": "评估：没有属于划分 %q 的行；请用 --split 指定别的划分，或 all",
	"measuring on %s rows": "在 %s 行上评测",
	"loading the model":    "加载模型",
	"answering":            "正在应答",
	"reading %s":           "读取 %s",
	"sample %s: there is none built in; the one there is is builtin:shop": "样例 %s：没有内置；内置的样例是 builtin:shop",
	"sealing %s rows": "加密保存 %s 行",
	"writing %s":      "写出 %s",
	"address %s: cannot be listened on (%s); give another with --addr, or none to take a free port":                        "地址 %s：无法监听（%s）；请用 --addr 给出别的地址，或不指定以使用空闲端口",
	"address %q: not HOST:PORT; write it like %s":                                                                          "地址 %q：不是 主机:端口；请写成 %s 这样",
	"address %s: not of this machine alone, and this version speaks no TLS; listen on 127.0.0.1 and put a tunnel in front": "地址 %s：不只限于本机，而这个版本不支持 TLS；请监听 127.0.0.1，并在前面放一个隧道",
	"datahall %s on %s": "datahall %s，地址 %s",
	"pages: %s (opens once; datahall login makes another)":                                                      "页面：%s（只能打开一次；datahall login 可再生成）",
	"home: %s; Ctrl-C ends the hall, jobs go on":                                                                "数据目录：%s；按 Ctrl-C 结束机房，作业会继续",
	"login: this link was used or is too old; make another with datahall login":                                 "登录：此链接已用过或已过期；请用 datahall login 再生成一个",
	"home %s: a hall runs there already (process %s, %s); use it, or end it with datahall stop":                 "目录 %s：那里已有机房在运行（进程 %s，%s）；请直接使用，或用 datahall stop 结束它",
	"home %s: the hall in the background (process %s) does not end; end it with datahall stop":                  "目录 %s：后台机房（进程 %s）没有结束；请用 datahall stop 结束它",
	"home %s: its master.key is missing, without which nothing in it can be read; put it back from your backup": "目录 %s：缺少 master.key，没有它其中的内容都无法读取；请从备份中放回",
	"endpoint: its replica went away; ask again in a moment":                                                    "服务端点：它的副本消失了；请稍后再试",
}
