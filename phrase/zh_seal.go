package phrase

// zhSeal are the sentences of its room.
var zhSeal = map[string]string{
	"master key: this is not a master key of version 1; bring back the file from where you keep its copy":                      "主密钥：这不是版本 1 的主密钥；请从保存副本的地方取回该文件",
	"master key: the file is damaged (its checksum does not fit); bring it back from where you keep its copy":                  "主密钥：文件已损坏（校验和不符）；请从保存副本的地方取回",
	"sealed data: it was changed or cut since it was written; restore it from a backup":                                        "密封数据：写入后被改动或截断；请从备份恢复",
	"sealed data: its version %s is unknown; use the program that wrote it, or a newer one":                                    "密封数据：版本 %s 无法识别；请使用写入它的程序或更新的版本",
	"sealed data: the key %s that it was sealed with is not here; bring back the master key and the project that belong to it": "密封数据：找不到密封它的密钥 %s；请取回与之对应的主密钥和项目",
	"sealed data: this is not sealed data; restore it from a backup":                                                           "密封数据：这不是密封数据；请从备份恢复",
	"sealed data: more than 256 TiB; write several files":                                                                      "密封数据：超过 256 TiB；请分成多个文件写入",
}
