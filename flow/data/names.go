package data

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The headers that are known, the likeliest first. They are compared without
// case, width, spaces, hyphens and underscores.
var (
	textNames = strings.Fields(`text 文本 sentence 句子 question 问题 query 用户问题 utterance 话术 content 内容
		review 评论 comment 评价 message 消息 正文 body 留言 反馈 feedback description 描述 input 输入 prompt
		document 文档 tweet 微博 headline 标题 title texta sentence1 文本内容 评论内容 问句 语句 对话 话语 提问 咨询 工单 工单内容 投诉内容 输入文本 原文 摘要 abstract summary passage 段落
		問題 內容 評論 標題 訊息 語句 對話 諮詢`)
	labelNames = strings.Fields(`label 标签 labels intent 意图 category 分类 类别 class target topic 主题 话题 sentiment 情感
		tag tags 类型 type polarity 极性 情感倾向 情感标签 emotion 情绪 labelname labeltext 标签名 标注 标记 categories cat 一级分类 科室 department
		標籤 意圖 分類 類別 主題 類型 answerclass y output 输出 gold score rating stars 评分 得分 分数 星级 domain 领域`)
	valueNames = strings.Fields(`value 数值 target score rating stars label 评分 得分 分数 星级 标签 y 目标`)
	splitNames = strings.Fields(`split 划分 集合 set subset 子集 partition 数据划分 数据集划分 数据集 fold dataset usage`)
)

// plain is a header as it is compared.
func plain(header string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), r == '_', r == '-', r == 0xfeff, r == 0x200b, r == '*', r == ':':
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(header))
}

// rank is a header's place among names: lower is better, -1 is none. A header
// that only contains a name ("customer question", "用户评论") comes behind all
// that are one.
func rank(header string, names []string) int {
	p := plain(header)
	if p == "" {
		return -1
	}
	if i := slices.Index(names, p); i >= 0 {
		return i
	}
	latin := strings.FieldsFunc(strings.ToLower(norm.NFKC.String(header)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	for i, name := range names {
		if name[0] >= 0x80 {
			if strings.HasSuffix(p, name) || strings.HasPrefix(p, name) {
				return len(names) + i
			}
		} else if len(name) > 2 && slices.Contains(latin, name) {
			return len(names) + i
		}
	}
	return -1
}

// known reports whether a header is one of a list itself.
func known(header string, names []string) bool {
	i := rank(header, names)
	return i >= 0 && i < len(names)
}

// knownHeaders reports whether a text or label header stands among cells.
func knownHeaders(cells []cell) bool {
	for _, c := range cells {
		if h := string(c.b); len(h) < 100 && (known(h, textNames) || known(h, labelNames)) {
			return true
		}
	}
	return false
}

// The splits.
const (
	Train      = "train"
	Validation = "validation"
	Test       = "test"
)

// splitOf reads the name of a split in either language, also where it is one
// word of several (oos_train, train-00000, "test set"); empty where there is none.
func splitOf(value string) string {
	if value == "" || len(value) > 64 {
		return ""
	}
	if s := splitWord(plain(value)); s != "" {
		return s
	}
	for part := range strings.FieldsFuncSeq(strings.ToLower(value), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if s := splitWord(part); s != "" {
			return s
		}
	}
	return ""
}

func splitWord(word string) string {
	switch word {
	case "train", "training", "trn", "训练", "训练集":
		return Train
	case "validation", "valid", "val", "dev", "development", "devel", "eval", "验证", "验证集", "开发", "开发集", "校验集":
		return Validation
	case "test", "testing", "tst", "测试", "测试集", "heldout", "holdout":
		return Test
	}
	return ""
}

func hasSuffix(name string, endings ...string) bool {
	name = strings.ToLower(name)
	for _, packed := range []string{".gz", ".zst", ".zstd"} {
		name = strings.TrimSuffix(name, packed)
	}
	return slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(name, e) })
}
