package phrase

// zhKernel are the sentences of its room.
var zhKernel = map[string]string{}
