package phrase

// zhEval are the sentences of its room.
var zhEval = map[string]string{}
