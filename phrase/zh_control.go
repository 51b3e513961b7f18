package phrase

// zhControl are the sentences of its room.
var zhControl = map[string]string{
	"the hall is stopping":          "机房正在停止",
	"tried again in %s s":           "%s 秒后重试",
	"waits behind job %s":           "排在作业 %s 之后",
	"asks for %s CPUs, %s are free": "需要 %s 个 CPU，空闲 %s 个",
	"%s small jobs already run":     "已有 %s 个小作业在运行",
}
