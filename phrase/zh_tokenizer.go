package phrase

// zhTokenizer are the sentences of its room.
var zhTokenizer = map[string]string{
	"tokenizer: neither tokenizer.json nor vocab.txt in the folder; add the one that the model came with":                  "分词器：文件夹中既没有 tokenizer.json 也没有 vocab.txt；请补上模型自带的那一个",
	"tokenizer: the folder has %s, which is no WordPiece vocabulary; take a model with BERT's tokenizer.json or vocab.txt": "分词器：文件夹中是 %s，不是 WordPiece 词表；请选用带有 BERT 式 tokenizer.json 或 vocab.txt 的模型",
	"tokenizer.json: its %s is %q; only %s is supported here, as BERT models have it":                                      "tokenizer.json：其 %s 是 %q；这里只支持 BERT 模型所用的 %s",
	"tokenizer.json: its post_processor does not place each text once between known tokens; fetch the file again":          "tokenizer.json：其 post_processor 没有把每段文本各放一次在已知词元之间；请重新获取该文件",
	"vocab.txt: no [CLS] or no [SEP] in it; name the tokens that stand for them in tokenizer_config.json":                  "vocab.txt：其中没有 [CLS] 或 [SEP]；请在 tokenizer_config.json 中写明代替它们的词元",
	"vocabulary: %s tokens are too few or too many; ask for %s to %s":                                                      "词表：%s 个词元太少或太多；请取 %s 到 %s 之间",
	"vocabulary: the texts have no words in them; bring rows with text":                                                    "词表：文本中没有任何词；请提供有文字的行",
	"%s: cannot be read; check the file and its rights":                                                                    "%s：无法读取；请检查该文件及其权限",
	"%s: not UTF-8; save it as UTF-8":                                                                        "%s：不是 UTF-8 编码；请另存为 UTF-8",
	"%s: not the JSON of a tokenizer; fetch it again":                                                        "%s：不是分词器的 JSON；请重新获取",
	"%s: no tokens in it; fetch it again":                                                                    "%s：其中没有词元；请重新获取",
	"%s: no model with a vocabulary in it; fetch it again":                                                   "%s：其中没有带词表的模型；请重新获取",
	"%s: more than %s bytes; it is not what it says it is, fetch it again":                                   "%s：超过 %s 字节；内容与文件名不符，请重新获取",
	"%s: more than %s tokens; it is not what it says it is, fetch it again":                                  "%s：超过 %s 个词元；内容与文件名不符，请重新获取",
	"%s: nested deeper than %s levels; it is not what it says it is, fetch it again":                         "%s：嵌套超过 %s 层；内容与文件名不符，请重新获取",
	"%s: token %q… is longer than %s bytes; it is not what it says it is, fetch the file again":              "%s：词元 %q… 超过 %s 字节；内容与文件名不符，请重新获取该文件",
	"%s: max_input_chars_per_word is %s; it must lie between 1 and %s":                                       "%s：max_input_chars_per_word 为 %s；必须在 1 到 %s 之间",
	"%s: the unknown token %q is not in the vocabulary; take the vocabulary that the model was trained with": "%s：未知词元 %q 不在词表中；请使用训练该模型时的词表",
	"%s: the id %s of %q lies outside 0 to %s; fetch the file again":                                         "%[1]s：%[3]q 的编号 %[2]s 不在 0 到 %[4]s 之间；请重新获取该文件",
	"%s: the token %q stands twice in the vocabulary; fetch the file again":                                  "%s：词元 %q 在词表中出现两次；请重新获取该文件",
	"%s: the id %s stands for two tokens; fetch the file again":                                              "%s：编号 %s 对应两个词元；请重新获取该文件",
	"%s: an added token is empty or longer than %s bytes; fetch the file again":                              "%s：某个附加词元为空或超过 %s 字节；请重新获取该文件",
	"%s: the added token %q has the id %s, but its place is %s; fetch the file again":                        "%s：附加词元 %q 的编号是 %s，按位置应为 %s；请重新获取该文件",
}
