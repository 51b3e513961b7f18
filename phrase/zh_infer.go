package phrase

// zhInfer are the sentences of its room.
var zhInfer = map[string]string{}
