package phrase

// zhTrain are the sentences of its room.
var zhTrain = map[string]string{
	"opening %s":                    "正在打开 %s",
	"sentence vectors of %s texts":  "计算 %s 条文本的句向量",
	"learning a vocabulary":         "学习词表",
	"final fit of the linear model": "线性模型的最终拟合",
	"measuring on %s test rows":     "在 %s 行测试数据上评估",
	"writing the model":             "写出模型",
	"training: the loss is not a number at step %s, learning rate %s; give a lower one with --lr than the %s of this run, or a longer --warmup": "训练：第 %s 步（学习率 %s）的损失不是数字；请用 --lr 给出比本次的 %s 更低的学习率，或用 --warmup 延长预热",
	"training, %s epochs at most":                                                                                                                 "训练，最多 %s 轮",
	"training: %s; give another value":                                                                                                            "训练：%s；请换一个值",
	"training: a setting is out of its range; leave out what you are not sure of":                                                                 "训练：有一项设置超出范围；没有把握的设置请省略",
	"train: class weights belong to the task classify; leave them out for %s":                                                                     "train：类别权重只用于 classify 任务；%s 任务请省略",
	"train: label smoothing belongs to the task classify; leave it out for %s":                                                                    "train：标签平滑只用于 classify 任务；%s 任务请省略",
	"training: the dataset has no rows; import some":                                                                                              "训练：数据集没有任何行；请先导入",
	"training: the texts of all %s rows are empty; import the file again and name its text column":                                                "训练：%s 行的文本全部为空；请重新导入文件并指明文本列",
	"training: no row is of the split train; give some of them that split, or leave the split column out":                                         "训练：没有属于 train 划分的行；请给一部分行设为 train，或不使用划分列",
	"row %s: no label to learn; give one, or leave the row out":                                                                                   "第 %s 行：没有可学习的标签；请补上标签，或去掉该行",
	"training: the label %q has one row only, so it cannot be learnt and tested; give it more rows, merge it with another label, or leave it out": "训练：标签 %q 只有一行，无法既学习又测试；请增加该标签的行、与其他标签合并，或去掉它",
	"training: no row is left to train or to test on; bring more rows":                                                                            "训练：没有剩下可用于训练或测试的行；请增加数据",
	"training: the training rows have no labels; name the label column at import":                                                                 "训练：训练行没有标签；请在导入时指明标签列",
	"training: all training rows have the label %q; bring rows of at least two labels":                                                            "训练：所有训练行的标签都是 %q；请提供至少两种标签的数据",
	"training: a head alone cannot be tuned on %s, which has learnt nothing; give a trained base with --base, or take --tune full":                "训练：%s 尚未学过任何东西，不能只训练分类头；请用 --base 指定训练过的基座，或使用 --tune full",
	"final fit of the head": "分类头的最终拟合",
}
