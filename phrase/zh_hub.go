package phrase

// zhHub are the sentences of its room.
var zhHub = map[string]string{
	"hub %s: answers with no listing of a repository; check that HF_ENDPOINT is a hub or a mirror of it":                                                                         "模型站 %s：返回的不是仓库清单；请检查 HF_ENDPOINT 是否为模型站或其镜像",
	"hub %s: tells no digest or size of %s, so that it could not be checked; use another mirror":                                                                                 "模型站 %s：没有给出 %s 的摘要或大小，无法校验；请使用其他镜像",
	"hub %q: not the address of one; give HF_ENDPOINT as https://HOST":                                                                                                           "模型站 %q：不是有效地址；请把 HF_ENDPOINT 写成 https://主机 的形式",
	"hub %s: cannot be had (%s); check the network or set HF_ENDPOINT to a mirror, and run it again: it goes on where it ended":                                                  "模型站 %s：无法访问（%s）；请检查网络，或把 HF_ENDPOINT 设为镜像，然后重新运行：会从中断处继续",
	"hub %s: answers %s; check that HF_ENDPOINT is a hub or a mirror of it":                                                                                                      "模型站 %s：返回 %s；请检查 HF_ENDPOINT 是否为模型站或其镜像",
	"repository %s: its files have more than %s bytes; choose a smaller model":                                                                                                   "仓库 %s：文件超过 %s 字节；请选择较小的模型",
	"repository %s: has a file named %q, which is no name for a file here; do not use this repository":                                                                           "仓库 %s：其中的文件名 %q 在这里不能使用；请不要使用该仓库",
	"repository %s: has no revision %s; see its page for branches and tags":                                                                                                      "仓库 %s：没有版本 %s；请在其页面查看分支和标签",
	"repository %s: its owner wants something agreed to first; agree on its page, download the files there and bring the folder with datahall model import":                      "仓库 %s：需先同意其所有者的条款；请在其页面同意后下载文件，再用 datahall model import 导入该文件夹",
	"repository %s: not there, private or only for those who agreed to its terms; check the name, or download the files by hand and bring the folder with datahall model import": "仓库 %s：不存在、未公开，或须先同意条款；请检查名称，或手动下载文件后用 datahall model import 导入该文件夹",
	"repository %s: the hub lists %s but does not have it; use another mirror":                                                                                                   "仓库 %s：模型站列出了 %s 却没有该文件；请使用其他镜像",
	"repository %s: no such repository or revision %s; check both on the hub's page":                                                                                             "仓库 %s：没有该仓库或版本 %s；请在模型站的页面上核对",
	"repository %s: %s comes with another digest or length than the hub tells; try again later, or use another mirror":                                                           "仓库 %s：%s 的摘要或长度与模型站给出的不同；请稍后重试，或使用其他镜像",
	"disk: %s cannot be written (%s); make room and run it again":                                                                                                                "磁盘：无法写入 %s（%s）；请腾出空间后重新运行",
}
