package phrase

// zhTei are the sentences of its room.
var zhTei = map[string]string{}
