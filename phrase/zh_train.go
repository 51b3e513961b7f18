package phrase

// zhTrain are the sentences of its room.
var zhTrain = map[string]string{}
