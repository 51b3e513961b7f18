package phrase

// zhRegistry are the sentences of its room.
var zhRegistry = map[string]string{
	"model folder: config.json asks for %s numbers, the weights have %s; take both from the same model":                 "模型文件夹：config.json 需要 %s 个数，权重只有 %s 个；请使用同一个模型的这两个文件",
	"model folder: tensor %s holds %s, with which nothing can be computed; take weights from before the training broke": "模型文件夹：张量 %s 含有 %s，无法用于计算；请使用训练出错之前的权重",
	"config.json: two labels are called %q; give each output its own name in id2label":                                  "config.json：有两个标签都叫 %q；请在 id2label 中给每个输出不同的名称",
	"model folder: its files do not fit together (%s); copy them all from one place":                                    "模型文件夹：各文件彼此不符（%s）；请从同一处复制全部文件",
	"model %s: its file %q has a name that leads outside of the folder; rename the file":                                "模型 %s：其中的文件 %q 的名称指向文件夹之外；请重命名该文件",
	"looking at %s":              "正在查看 %s",
	"fetching %s":                "正在下载 %s",
	"checking the model's files": "正在检查模型文件",
	"sealing %s files":           "正在封存 %s 个文件",
}
