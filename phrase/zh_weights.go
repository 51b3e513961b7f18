package phrase

// zhWeights are the sentences of its room.
var zhWeights = map[string]string{}
