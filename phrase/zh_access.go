package phrase

// zhAccess are the sentences of its room.
var zhAccess = map[string]string{
	"key: none was shown; send one as Authorization: Bearer KEY":                         "密钥：未出示；请以 Authorization: Bearer KEY 发送",
	"%s: the role %s may not do this; ask for a key that may":                            "%s：角色 %s 无权这样做；请索取有此权限的密钥",
	"role %q: there is none for a key; use admin, developer, viewer or caller":           "角色 %q：密钥没有这种角色；请用 admin、developer、viewer 或 caller",
	"key: the role %s is more than yours, %s; ask an admin":                              "密钥：角色 %s 高于您的角色 %s；请找管理员",
	"key: a caller's key is for one endpoint, and only a caller's; name both or neither": "密钥：caller 的密钥只用于一个服务端点，也只有它如此；请两者都给出或都不给",
	"%s: there is none; see the list of what there is":                                   "%s：不存在；请查看现有列表",
}
