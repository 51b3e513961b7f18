package access

import "datahall"

// Action is something that can be asked, THING:VERB.
type Action string

// The actions.
const (
	HallRead      Action = "hall:read"
	HallConfigure Action = "hall:configure" // tariff and other settings
	HallStop      Action = "hall:stop"
	ProjectRead   Action = "project:read"
	ProjectManage Action = "project:manage"
	KeyRead       Action = "key:read"
	KeyCreate     Action = "key:create" // see [Grant] for what it may be good for
	KeyManage     Action = "key:manage" // delete anybody's
	BlobWrite     Action = "blob:write" // upload what a job will read
	DatasetRead   Action = "dataset:read"
	DatasetWrite  Action = "dataset:write"
	JobRead       Action = "job:read" // with its log and files
	JobSubmit     Action = "job:submit"
	JobCancel     Action = "job:cancel"
	RunRead       Action = "run:read"
	ModelRead     Action = "model:read"
	ModelWrite    Action = "model:write"
	EndpointRead  Action = "endpoint:read"
	EndpointWrite Action = "endpoint:write" // serve, with a key for it, and remove
	EndpointCall  Action = "endpoint:call"
	UsageRead     Action = "usage:read"
	WorkReport    Action = "work:report"  // claim, inputs, events and outputs of one job
	LoginCreate   Action = "login:create" // a link that opens the pages as oneself
)

// Short names of the roles, so that a line of the table fits on a line.
const (
	admin     = datahall.Admin
	developer = datahall.Developer
	viewer    = datahall.Viewer
	caller    = datahall.Caller
	worker    = datahall.Worker
)

// rule is a line of the policy: who may do it to things of their own project
// (a caller: to the endpoint of its key; a worker: to its job).
type rule struct {
	action Action
	roles  []datahall.Role
}

// policy is all of it.
var policy = []rule{
	{HallRead, roles(admin, developer, viewer)},
	{HallConfigure, roles(admin)},
	{HallStop, roles(admin)},
	{ProjectRead, roles(admin, developer, viewer)},
	{ProjectManage, roles(admin)},
	{KeyRead, roles(admin, developer)},
	{KeyCreate, roles(admin, developer)},
	{KeyManage, roles(admin)},
	{LoginCreate, roles(admin, developer, viewer)},
	{BlobWrite, roles(admin, developer)},
	{DatasetRead, roles(admin, developer, viewer)},
	{DatasetWrite, roles(admin, developer)},
	{JobRead, roles(admin, developer, viewer)},
	{JobSubmit, roles(admin, developer)},
	{JobCancel, roles(admin, developer)},
	{RunRead, roles(admin, developer, viewer)},
	{ModelRead, roles(admin, developer, viewer)},
	{ModelWrite, roles(admin, developer)},
	{EndpointRead, roles(admin, developer, viewer, caller)},
	{EndpointWrite, roles(admin, developer)},
	{EndpointCall, roles(admin, developer, caller)},
	{UsageRead, roles(admin, developer, viewer)},
	{WorkReport, roles(worker)},
}

func roles(r ...datahall.Role) []datahall.Role { return r }

// ofHall are the actions that need not name a project.
var ofHall = map[Action]bool{HallRead: true, HallConfigure: true, HallStop: true, LoginCreate: true, ProjectManage: true}

// hallWide are those of them that change it for everybody: for keys of the
// default project, the hall's own, or of all projects.
var hallWide = map[Action]bool{HallConfigure: true, HallStop: true, ProjectManage: true}

// rank orders the roles by what they may do, for [Grant].
var rank = map[datahall.Role]int{admin: 4, developer: 3, viewer: 2, caller: 1}
