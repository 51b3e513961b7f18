package phrase

// zhWork are the sentences of its room.
var zhWork = map[string]string{
	"job: kind %q is unknown here; use a newer datahall on this machine":      "作业：这里不认识类型 %q；请在这台机器上使用更新的 datahall",
	"job: stopped by a fault of ours (%s); the log has the details":           "作业：因我们的程序错误而停止（%s）；详情见日志",
	"work: no ticket on standard input; a hall starts this command by itself": "work：标准输入中没有凭单；此命令由机房自行启动",
}
