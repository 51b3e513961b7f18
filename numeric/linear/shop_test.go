package linear

import (
	"math/rand/v2"
	"slices"

	"datahall"
)

// shop makes 120 questions to a shop, in both languages; the wish tells the label.
func shop(task string) Examples {
	return shopRows(task, 120, 1)
}

func shopRows(task string, n int, seed uint64) Examples {
	labels := []string{"cancel", "refund", "track"}
	wishes := [][]string{
		{"to cancel the order", "no longer this order", "取消订单", "不要了，取消"},
		{"my money back", "a refund", "退款", "什么时候退钱"},
		{"where my parcel is", "the tracking number", "快递到哪了", "查一下物流"},
	}
	open := []string{"hello, I want ", "please ", "你好，", "请问", "", "as a customer, "}
	end := []string{" thanks", " 谢谢", "!!", " asap", "", "？"}
	random := rand.New(rand.NewPCG(seed, 2))
	var rows []datahall.Row
	for range n {
		k, l := random.IntN(3), random.IntN(3)
		text := open[random.IntN(len(open))] + wishes[k][random.IntN(4)] + end[random.IntN(len(end))]
		r := datahall.Row{Text: text, Label: labels[k]}
		switch task {
		case Multilabel:
			r.Label, r.Labels = "", []string{labels[k]}
			if l != k {
				r.Text += " " + wishes[l][random.IntN(4)]
				r.Labels = append(r.Labels, labels[l])
			}
		case Regress:
			value := float64(k) + 0.01*random.NormFloat64()
			r.Label, r.Value = "", &value
		}
		rows = append(rows, r)
	}
	if task == Regress {
		labels = nil
	}
	y, err := TargetOf(task, labels, rows)
	if err != nil {
		panic(err)
	}
	e := Examples{Target: y}
	for _, r := range rows {
		e.Texts = append(e.Texts, r.Text)
	}
	return e
}

// cloud makes vectors around a centre for each label.
func cloud(task string, n, width int, seed uint64) (Vectors, Target) {
	random := rand.New(rand.NewPCG(seed, 3))
	x, y := Vectors{Width: width}, Target{Task: task, Labels: []string{"a", "b", "c"}}
	if task == Regress {
		y.Labels = nil
	}
	for range n {
		k := random.IntN(3)
		v := make([]float32, width)
		for j := range v {
			v[j] = float32(random.NormFloat64()*0.5 + 2)
		}
		v[k]++
		x.Data = append(x.Data, v...)
		y.Class = append(y.Class, k)
		y.Value = append(y.Value, float64(v[0]-v[1])+100)
		set := []int{k}
		if v[3] > 2 {
			set = append(set, (k+1)%3)
			slices.Sort(set)
		}
		y.Sets = append(y.Sets, set)
	}
	switch task {
	case Classify:
		y.Sets, y.Value = nil, nil
	case Multilabel:
		y.Class, y.Value = nil, nil
	default:
		y.Class, y.Sets = nil, nil
	}
	return x, y
}
