"""Every address of the service with who is heard there: the table that the walk of all routes goes by.

Whoever adds an address adds its line: the method and rule as Flask has them, and who is heard. Everybody else
must be refused: strangers are sent to sign in, people get 403 or 404. Addresses name what is Hoa's (see
`everybody`): a new word between angle brackets is made in `everybody.gather`, as `found.ids["<word>"]`. Forms
are sent empty but for HIDDEN, first by those who may not; "heard" is every answer but a refusal, also that a
form is empty. What a query must say for that goes into QUERIES.
"""

from tests.web.everybody import CAST, STRANGER

EVERYBODY_SIGNED_IN = frozenset(
    ["hoa", "tam", "duc", "head", "far-head", "guardian", "far-guardian", "foreign"]
    + [login for login, *_more in CAST]
)
ANYBODY = EVERYBODY_SIGNED_IN | {STRANGER}
HOA = frozenset({"hoa"})

# Who has which right over Hoa: of those who have a role, those in whose place or organisation she is today.
SEE_PLACES = frozenset({"viewer", "officer", "reviewer", "approver", "administrator", "province-officer"})
SEE_HOA = (
    SEE_PLACES | HOA | {"country-organiser", "country-administrator", "school-officer", "head", "guardian"}
)
ENTER_FOR_HOA = frozenset({"officer", "province-officer", "country-organiser", "school-officer", "head"})
REVIEW_HOA = frozenset({"reviewer", "country-organiser"})
APPROVE_HOA = frozenset({"approver", "country-organiser"})

# Who has which right somewhere, here or elsewhere, and so sees pages that list what is theirs.
FAR = frozenset(
    {"far-viewer", "far-officer", "far-reviewer", "far-approver", "far-administrator", "far-school-officer"}
)
SEE_SOMEWHERE = (SEE_HOA - HOA - {"guardian"}) | FAR | {"far-head"}
ENTER_SOMEWHERE = ENTER_FOR_HOA | {"far-officer", "far-school-officer", "far-head"}
REVIEW_SOMEWHERE = REVIEW_HOA | {"far-reviewer"}
APPROVE_SOMEWHERE = APPROVE_HOA | {"far-approver"}
ADMINISTER_SOMEWHERE = frozenset({"administrator", "country-administrator", "far-administrator"})
SEE_THE_COMMUNE = SEE_PLACES | {"country-organiser", "country-administrator"}
ENTER_THE_COMMUNE = frozenset({"officer", "province-officer", "country-organiser"})
REVIEW_THE_COMMUNE = frozenset({"reviewer", "country-organiser"})
APPROVE_THE_COMMUNE = frozenset({"approver", "country-organiser"})
# A sample of a commune's recognitions is looked at from above.
REVIEW_ABOVE_THE_COMMUNE = frozenset({"country-organiser"})
ADMINISTER_THE_COMMUNE = frozenset({"administrator", "country-administrator"})
CHANGE_THE_COMMUNE = ENTER_THE_COMMUNE | ADMINISTER_THE_COMMUNE
ADMINISTER_EVERYWHERE = frozenset({"country-administrator"})

CHANGE_THE_SCHOOL = frozenset({"country-organiser", "country-administrator", "school-officer", "head"})

# Who holds a grant today, whatever it is for; the head of a school needs none.
HOLDERS = EVERYBODY_SIGNED_IN - HOA - {"tam", "head", "far-head", "ended", "to-come", "revoked"}

# Duc is of both providers that know Hoa, and "foreign" of one that does not.
PROVIDER = frozenset({"duc"})
# Whose pages may hold her name and what she learned.
KNOW_HOA = SEE_HOA | PROVIDER

PAGES: dict[tuple[str, str], frozenset[str]] = {
    ("GET", "/"): ANYBODY,
    ("GET", "/sign-in"): ANYBODY,
    ("POST", "/sign-in"): ANYBODY,
    ("POST", "/sign-out"): ANYBODY,
    ("GET", "/assets/<path:filename>"): ANYBODY,
    # citizens
    ("GET", "/record"): EVERYBODY_SIGNED_IN,
    ("GET", "/record/entries/<statement>"): HOA,
    ("GET", "/people/<key>/record"): SEE_HOA,
    ("GET", "/people/<key>/record/entries/<statement>"): SEE_HOA,
    # figures, plans and calls for reports
    ("GET", "/organiser/statistics"): SEE_THE_COMMUNE,
    ("GET", "/organiser/statistics/export.<form>"): SEE_THE_COMMUNE,
    ("GET", "/organiser/figures"): SEE_THE_COMMUNE,
    ("GET", "/organiser/figures/export.<form>"): SEE_THE_COMMUNE,
    ("GET", "/organiser/figures/<code>"): SEE_THE_COMMUNE,
    ("POST", "/organiser/figures/<code>"): ENTER_THE_COMMUNE,
    ("POST", "/organiser/figures/<code>/withdraw"): ENTER_THE_COMMUNE,
    ("GET", "/organiser/figures/baselines"): SEE_THE_COMMUNE,
    ("POST", "/organiser/figures/baselines"): ENTER_THE_COMMUNE,
    ("POST", "/organiser/figures/baselines/<number:number>/withdraw"): ENTER_THE_COMMUNE,
    ("GET", "/organiser/figure-files"): ENTER_THE_COMMUNE,
    ("POST", "/organiser/figure-files"): ENTER_THE_COMMUNE,
    ("GET", "/organiser/figure-files/<number:number>"): ENTER_THE_COMMUNE,
    ("POST", "/organiser/figure-files/<number:number>/apply"): ENTER_THE_COMMUNE,
    ("POST", "/organiser/figure-files/<number:number>/discard"): ENTER_THE_COMMUNE,
    ("GET", "/organiser/plans"): SEE_SOMEWHERE,
    ("POST", "/organiser/plans"): ADMINISTER_SOMEWHERE,
    ("GET", "/organiser/plans/<number:plan>"): SEE_THE_COMMUNE,
    ("POST", "/organiser/plans/<number:plan>/tasks/<number:task>"): ENTER_THE_COMMUNE,
    ("POST", "/organiser/plans/<number:plan>/phases/<number:phase>"): ENTER_THE_COMMUNE,
    ("POST", "/organiser/plans/<number:plan>/withdraw"): ADMINISTER_THE_COMMUNE,
    ("GET", "/organiser/calls"): SEE_SOMEWHERE,
    ("GET", "/organiser/calls/new"): APPROVE_HOA,
    ("POST", "/organiser/calls/new"): APPROVE_HOA,
    ("GET", "/organiser/calls/<number:call>"): SEE_THE_COMMUNE,
    ("POST", "/organiser/calls/<number:call>/close"): APPROVE_HOA,
    ("POST", "/organiser/calls/<number:call>/send-back"): APPROVE_HOA,
    ("GET", "/organiser/calls/<number:call>/report"): ENTER_THE_COMMUNE,
    ("POST", "/organiser/calls/<number:call>/report"): ENTER_THE_COMMUNE,
    ("GET", "/organiser/indicators"): SEE_SOMEWHERE,
    ("POST", "/organiser/indicators"): ADMINISTER_EVERYWHERE,
    # identity
    ("GET", "/record/accounts"): EVERYBODY_SIGNED_IN,
    ("POST", "/record/accounts/code"): EVERYBODY_SIGNED_IN,
    ("POST", "/record/accounts/letter"): EVERYBODY_SIGNED_IN,
    ("POST", "/record/accounts/prove"): EVERYBODY_SIGNED_IN,
    ("POST", "/record/accounts/unlink"): EVERYBODY_SIGNED_IN,
    ("POST", "/record/accounts/deny"): EVERYBODY_SIGNED_IN,
    ("GET", "/links/<token>"): EVERYBODY_SIGNED_IN,
    ("POST", "/links/<token>"): EVERYBODY_SIGNED_IN,
    ("GET", "/organiser/identities"): REVIEW_SOMEWHERE,
    ("GET", "/organiser/identities/shared"): ADMINISTER_EVERYWHERE,
    ("POST", "/organiser/identities/shared"): ADMINISTER_EVERYWHERE,
    ("POST", "/organiser/identities/shared/end"): ADMINISTER_EVERYWHERE,
    ("GET", "/people/<key>/accounts"): SEE_HOA,
    ("POST", "/people/<key>/accounts"): ENTER_FOR_HOA,
    ("POST", "/people/<key>/accounts/unlink"): ENTER_FOR_HOA,
    ("POST", "/people/<key>/accounts/settle"): REVIEW_HOA,
    ("GET", "/people/<key>/merge"): APPROVE_HOA,
    ("POST", "/people/<key>/merge"): APPROVE_HOA,
    ("POST", "/people/<key>/unmerge"): APPROVE_HOA,
    # who may do what: administrators' tables, and for every holder what they hold
    ("GET", "/organiser/rights"): HOLDERS,
    ("POST", "/organiser/rights"): HOLDERS,
    ("POST", "/organiser/rights/<number:number>/revoke"): ADMINISTER_THE_COMMUNE,
    # claims and disputes
    ("GET", "/claims"): EVERYBODY_SIGNED_IN,
    ("GET", "/claims/new"): EVERYBODY_SIGNED_IN,
    ("POST", "/claims/new"): EVERYBODY_SIGNED_IN,
    ("GET", "/claims/<number:number>"): HOA,
    ("POST", "/claims/<number:number>/proofs"): HOA,
    ("GET", "/claims/<number:number>/proofs/<number:proof>"): HOA | REVIEW_HOA,
    ("POST", "/claims/<number:number>/proofs/<number:proof>/remove"): HOA,
    ("POST", "/claims/<number:number>/send"): HOA,
    ("POST", "/claims/<number:number>/withdraw"): HOA,
    ("POST", "/claims/<number:number>/dispute"): HOA,
    ("GET", "/disputes"): EVERYBODY_SIGNED_IN,
    ("GET", "/disputes/<number:number>"): HOA,
    ("POST", "/disputes/<number:number>/withdraw"): HOA,
    ("GET", "/record/entries/<statement>/dispute"): HOA,
    ("POST", "/record/entries/<statement>/dispute"): HOA,
    ("GET", "/organiser/people/<key>/entries/<statement>/dispute"): ENTER_FOR_HOA,
    ("POST", "/organiser/people/<key>/entries/<statement>/dispute"): ENTER_FOR_HOA,
    ("GET", "/organiser/people/<key>/claims/new"): ENTER_FOR_HOA,
    ("POST", "/organiser/people/<key>/claims/new"): ENTER_FOR_HOA,
    ("GET", "/organiser/claims"): REVIEW_SOMEWHERE,
    ("GET", "/organiser/claims/entered"): ENTER_SOMEWHERE,
    ("GET", "/organiser/claims/<number:number>"): REVIEW_HOA,
    ("POST", "/organiser/claims/<number:number>"): REVIEW_HOA,
    ("GET", "/organiser/disputes"): REVIEW_SOMEWHERE,
    ("GET", "/organiser/disputes/<number:number>"): REVIEW_HOA,
    ("POST", "/organiser/disputes/<number:number>"): REVIEW_HOA,
    ("GET", "/provider/disputes"): PROVIDER,
    ("POST", "/provider/disputes/<number:number>/answer"): PROVIDER,
    # people of a place
    ("GET", "/organiser/people"): SEE_THE_COMMUNE,
    ("GET", "/organiser/people/<key>"): SEE_HOA,
    ("POST", "/organiser/people/<key>/consent"): ENTER_FOR_HOA,
    ("POST", "/organiser/people/<key>/leave"): ENTER_THE_COMMUNE,
    ("GET", "/organiser/people/kinships"): SEE_THE_COMMUNE,
    ("GET", "/organiser/people/kinships/<number:number>"): SEE_THE_COMMUNE,
    ("POST", "/organiser/people/kinships/add"): ENTER_THE_COMMUNE,
    ("POST", "/organiser/people/kinships/<number:number>/head"): ENTER_THE_COMMUNE,
    ("POST", "/organiser/people/kinships/<number:number>/join"): ENTER_THE_COMMUNE,
    ("POST", "/organiser/people/kinships/<number:number>/leave"): ENTER_THE_COMMUNE,
    ("POST", "/organiser/people/kinships/<number:number>/rename"): ENTER_THE_COMMUNE,
    ("POST", "/organiser/people/kinships/<number:number>/split"): ENTER_THE_COMMUNE,
    # the models of learning, and honours
    ("GET", "/family"): EVERYBODY_SIGNED_IN,
    # Of the head alone; nobody else learns that there is such a family.
    ("POST", "/family/<number:number>/rounds/<number:round_>/register"): HOA,
    ("GET", "/organiser/recognition/models"): SEE_THE_COMMUNE,
    ("GET", "/organiser/recognition/models/<model>"): SEE_THE_COMMUNE,
    ("GET", "/organiser/recognition/models/<model>/<number:subject>"): SEE_THE_COMMUNE,
    ("GET", "/organiser/recognition/models/lists/<number:number>"): SEE_THE_COMMUNE,
    ("POST", "/organiser/recognition/models/lists/<number:number>/propose"): REVIEW_HOA,
    ("GET", "/organiser/recognition/models/assessments/<number:number>"): SEE_THE_COMMUNE,
    ("POST", "/organiser/recognition/models/assessments/<number:number>"): REVIEW_HOA,
    ("GET", "/organiser/recognition/awards"): SEE_THE_COMMUNE,
    ("POST", "/organiser/recognition/awards"): ENTER_THE_COMMUNE,
    ("GET", "/organiser/recognition/awards/workbook.xlsx"): SEE_THE_COMMUNE,
    ("POST", "/organiser/recognition/awards/<number:number>/withdraw"): ENTER_THE_COMMUNE,
    ("GET", "/organiser/rosters"): ENTER_THE_COMMUNE,
    ("POST", "/organiser/rosters"): ENTER_THE_COMMUNE,
    ("GET", "/organiser/rosters/<number:number>"): ENTER_THE_COMMUNE,
    ("GET", "/organiser/rosters/<number:number>/problems.csv"): ENTER_THE_COMMUNE,
    ("POST", "/organiser/rosters/<number:number>"): ENTER_THE_COMMUNE,
    ("POST", "/organiser/rosters/<number:number>/apply"): ENTER_THE_COMMUNE,
    ("POST", "/organiser/rosters/<number:number>/discard"): ENTER_THE_COMMUNE,
    # rounds of recognition
    ("GET", "/organiser/recognition"): SEE_SOMEWHERE,
    ("GET", "/organiser/recognition/new"): APPROVE_SOMEWHERE,
    ("POST", "/organiser/recognition/new"): APPROVE_SOMEWHERE,
    ("GET", "/organiser/recognition/rounds/<number:number>"): SEE_THE_COMMUNE,
    ("POST", "/organiser/recognition/rounds/<number:number>/back"): APPROVE_THE_COMMUNE,
    ("POST", "/organiser/recognition/rounds/<number:number>/cancel"): APPROVE_THE_COMMUNE,
    ("GET", "/organiser/recognition/rounds/<number:number>/entries"): SEE_THE_COMMUNE,
    ("GET", "/organiser/recognition/rounds/<number:number>/register"): ENTER_THE_COMMUNE,
    ("POST", "/organiser/recognition/rounds/<number:number>/register"): ENTER_THE_COMMUNE,
    ("GET", "/organiser/recognition/rounds/<number:number>/grid/<kind>"): ENTER_THE_COMMUNE,
    ("POST", "/organiser/recognition/rounds/<number:number>/grid/<kind>"): ENTER_THE_COMMUNE,
    ("POST", "/organiser/recognition/rounds/<number:number>/accept"): REVIEW_THE_COMMUNE,
    ("GET", "/organiser/recognition/rounds/<number:number>/file"): ENTER_THE_COMMUNE,
    ("POST", "/organiser/recognition/rounds/<number:number>/file"): ENTER_THE_COMMUNE,
    ("GET", "/organiser/recognition/rounds/<number:number>/list"): SEE_THE_COMMUNE,
    ("POST", "/organiser/recognition/rounds/<number:number>/list"): APPROVE_THE_COMMUNE,
    ("POST", "/organiser/recognition/rounds/<number:number>/minutes"): APPROVE_THE_COMMUNE,
    ("POST", "/organiser/recognition/rounds/<number:number>/submission"): APPROVE_THE_COMMUNE,
    ("GET", "/organiser/recognition/rounds/<number:number>/decision"): APPROVE_THE_COMMUNE,
    ("POST", "/organiser/recognition/rounds/<number:number>/decision"): APPROVE_THE_COMMUNE,
    ("GET", "/organiser/recognition/rows/<number:number>"): SEE_THE_COMMUNE | HOA,
    ("POST", "/organiser/recognition/rows/<number:number>"): REVIEW_THE_COMMUNE,
    ("POST", "/organiser/recognition/rows/<number:number>/propose"): REVIEW_THE_COMMUNE,
    ("POST", "/organiser/recognition/rows/<number:number>/withdraw"): ENTER_THE_COMMUNE,
    ("POST", "/organiser/recognition/rows/<number:number>/group"): ENTER_THE_COMMUNE,
    ("GET", "/organiser/recognition/rows/<number:number>/proofs/<number:proof>"): frozenset(),
    ("GET", "/organiser/recognition/rounds/<number:number>/papers"): SEE_THE_COMMUNE,
    ("GET", "/organiser/recognition/rounds/<number:number>/papers/<paper>.<form>"): SEE_THE_COMMUNE,
    ("GET", "/organiser/recognition/rows/<number:number>/form.<form>"): SEE_THE_COMMUNE | HOA,
    ("GET", "/organiser/recognition/decisions/<number:number>/decision.<form>"): SEE_THE_COMMUNE,
    ("GET", "/organiser/recognition/decisions/<number:number>/certificates.<form>"): frozenset(),
    ("GET", "/organiser/recognition/decisions/<number:number>"): SEE_THE_COMMUNE,
    ("POST", "/organiser/recognition/decisions/<number:number>/revoke"): APPROVE_THE_COMMUNE,
    ("GET", "/organiser/recognition/decisions/<number:number>/scan"): frozenset(),
    ("GET", "/organiser/recognition/appeals"): APPROVE_SOMEWHERE,
    ("GET", "/organiser/recognition/appeals/<number:number>"): APPROVE_THE_COMMUNE | HOA,
    ("POST", "/organiser/recognition/appeals/<number:number>"): APPROVE_THE_COMMUNE,
    ("GET", "/organiser/recognition/inspections"): SEE_SOMEWHERE,
    ("POST", "/organiser/recognition/inspections"): REVIEW_SOMEWHERE,
    ("GET", "/organiser/recognition/inspections/<number:number>"): SEE_THE_COMMUNE,
    ("POST", "/organiser/recognition/inspections/<number:number>"): REVIEW_ABOVE_THE_COMMUNE,
    ("GET", "/recognition"): EVERYBODY_SIGNED_IN,
    ("POST", "/recognition/rounds/<number:number>/register"): HOA,
    ("POST", "/recognition/rounds/<number:number>/withdraw"): HOA,
    ("GET", "/recognition/<number:number>"): HOA,
    ("POST", "/recognition/<number:number>"): HOA,
    ("POST", "/recognition/<number:number>/group"): HOA,
    ("POST", "/recognition/<number:number>/proofs"): HOA,
    ("POST", "/recognition/<number:number>/proofs/<number:proof>/remove"): HOA,
    ("GET", "/recognition/<number:number>/proofs/<number:proof>"): frozenset(),
    ("POST", "/recognition/results/<number:number>/appeal"): HOA,
    ("POST", "/recognition/appeals/<number:number>/withdraw"): HOA,
    # criteria, and who proposes and decides
    ("GET", "/organiser/criteria"): SEE_SOMEWHERE,
    ("GET", "/organiser/criteria/schema.json"): EVERYBODY_SIGNED_IN,
    ("GET", "/organiser/criteria/format"): EVERYBODY_SIGNED_IN,
    ("GET", "/organiser/criteria/new"): ADMINISTER_SOMEWHERE,
    ("POST", "/organiser/criteria/new"): ADMINISTER_SOMEWHERE,
    ("GET", "/organiser/criteria/<number:number>"): SEE_SOMEWHERE,
    ("GET", "/organiser/criteria/<number:number>/text"): SEE_SOMEWHERE,
    ("POST", "/organiser/criteria/<number:number>/adopt"): ADMINISTER_THE_COMMUNE,
    ("POST", "/organiser/criteria/<number:number>/withdraw"): ADMINISTER_THE_COMMUNE,
    ("GET", "/organiser/authorities"): SEE_SOMEWHERE,
    ("POST", "/organiser/authorities"): ADMINISTER_SOMEWHERE,
    ("POST", "/organiser/authorities/<number:number>/end"): ADMINISTER_THE_COMMUNE,
    # places
    ("GET", "/organiser/places"): SEE_SOMEWHERE | ADMINISTER_SOMEWHERE,
    ("GET", "/organiser/places/<number:place>"): SEE_SOMEWHERE | ADMINISTER_SOMEWHERE,
    ("POST", "/organiser/places/<number:place>/add"): CHANGE_THE_COMMUNE,
    ("POST", "/organiser/places/<number:place>/correct"): CHANGE_THE_COMMUNE,
    ("POST", "/organiser/places/<number:place>/end"): CHANGE_THE_COMMUNE,
    ("POST", "/organiser/places/<number:place>/follow"): CHANGE_THE_COMMUNE,
    ("POST", "/organiser/places/<number:place>/merge"): CHANGE_THE_COMMUNE,
    ("POST", "/organiser/places/<number:place>/rename"): CHANGE_THE_COMMUNE,
    ("POST", "/organiser/places/<number:place>/split"): CHANGE_THE_COMMUNE,
    # organisations
    ("GET", "/organiser/organisations"): SEE_SOMEWHERE | ADMINISTER_SOMEWHERE,
    ("GET", "/organiser/organisations/<number:organisation>"): SEE_SOMEWHERE | ADMINISTER_SOMEWHERE,
    ("POST", "/organiser/organisations/<number:organisation>/add"): ADMINISTER_EVERYWHERE,
    ("POST", "/organiser/organisations/<number:organisation>/rename"): ADMINISTER_EVERYWHERE,
    ("POST", "/organiser/organisations/<number:organisation>/end"): ADMINISTER_EVERYWHERE,
    ("POST", "/organiser/organisations/<number:organisation>/join"): CHANGE_THE_SCHOOL,
    ("POST", "/organiser/organisations/<number:organisation>/leave"): CHANGE_THE_SCHOOL,
    # providers
    ("GET", "/provider"): PROVIDER,
    ("GET", "/provider/refusals"): PROVIDER,
    ("GET", "/provider/uncredited"): PROVIDER,
    ("GET", "/provider/courses"): PROVIDER,
    ("GET", "/provider/credentials"): PROVIDER,
    ("GET", "/provider/accounts"): PROVIDER,
    ("POST", "/provider/accounts"): PROVIDER,
    ("POST", "/provider/accounts/link"): PROVIDER,
    ("GET", "/provider/completions"): PROVIDER,
    ("POST", "/provider/completions"): PROVIDER,
    ("POST", "/provider/completions/import"): PROVIDER,
    # organisers
    ("GET", "/organiser"): SEE_SOMEWHERE,
    ("GET", "/organiser/learners"): SEE_SOMEWHERE,
    ("GET", "/organiser/providers"): ADMINISTER_EVERYWHERE,
    ("POST", "/organiser/providers/<number:provider>/suspend"): ADMINISTER_EVERYWHERE,
    ("POST", "/organiser/providers/<number:provider>/approve"): ADMINISTER_EVERYWHERE,
    ("GET", "/organiser/flags"): REVIEW_SOMEWHERE,
    ("GET", "/organiser/flags/<number:number>"): REVIEW_HOA,
    ("POST", "/organiser/flags/<number:number>"): REVIEW_HOA,
}
# What forms hold without being asked for.
HIDDEN = {"revision": "1", "form": "0" * 32}
# By the beginning of a rule; {…} is filled from `Everybody.ids`.
QUERIES = {
    "/organiser/statistics": "place={place}",
    "/provider": "provider={provider}",
    "/organiser/people": "place={place}",
    "/organiser/rosters": "place={place}",
    "/organiser/figures": "place={place}&year=2024",
    "/organiser/figure-files": "place={place}",
    "/organiser/calls/new": "place={place}",
    "/organiser/calls/<number:call>/": "place={place}",
    "/organiser/recognition/models": "place={place}",
    "/organiser/recognition/awards": "place={place}",
}

READ_STATEMENTS = frozenset({"statements/read/mine", "statements/read", "all/read", "all"})
WRITE_STATEMENTS = frozenset({"statements/write", "all"})
READ_STATE, WRITE_STATE = frozenset({"state", "all/read", "all"}), frozenset({"state", "all"})
READ_PROFILE, WRITE_PROFILE = frozenset({"profile", "all/read", "all"}), frozenset({"profile", "all"})
WITHOUT_CREDENTIALS = frozenset({"anybody"})

# Addresses for programs: the scopes of which one is enough, or WITHOUT_CREDENTIALS.
PROGRAMS: dict[tuple[str, str], frozenset[str]] = {
    ("GET", "/healthz"): WITHOUT_CREDENTIALS,
    ("GET", "/readyz"): WITHOUT_CREDENTIALS,
    ("GET", "/metrics"): WITHOUT_CREDENTIALS,
    ("GET", "/xapi/about"): WITHOUT_CREDENTIALS,
    ("GET", "/api/v1/openapi.json"): WITHOUT_CREDENTIALS,
    ("GET", "/api/v1/places"): WITHOUT_CREDENTIALS,
    ("GET", "/api/v1/credit"): READ_STATEMENTS,
    ("POST", "/api/v1/check"): WRITE_STATEMENTS,
    ("POST", "/api/v1/links"): WRITE_STATEMENTS,
    ("POST", "/api/v1/links/address"): WRITE_STATEMENTS,
    ("GET", "/xapi/statements"): READ_STATEMENTS,
    ("POST", "/xapi/statements"): WRITE_STATEMENTS,
    ("PUT", "/xapi/statements"): WRITE_STATEMENTS,
    ("GET", "/xapi/activities"): READ_STATEMENTS | {"define", "profile"},
    ("GET", "/xapi/agents"): READ_STATEMENTS | {"profile"},
    **{
        (method, rule): read if method == "GET" else write
        for rule, read, write in (
            ("/xapi/activities/state", READ_STATE, WRITE_STATE),
            ("/xapi/activities/profile", READ_PROFILE, WRITE_PROFILE),
            ("/xapi/agents/profile", READ_PROFILE, WRITE_PROFILE),
        )
        for method in ("GET", "PUT", "POST", "DELETE")
    },
}
# What each of them needs to be asked for Hoa.
PARAMETERS = {
    "/api/v1/credit": ("agent",),
    "/xapi/statements": ("agent",),
    "/xapi/activities": ("activityId",),
    "/xapi/agents": ("agent",),
    "/xapi/activities/state": ("activityId", "agent", "stateId"),
    "/xapi/activities/profile": ("activityId", "profileId"),
    "/xapi/agents/profile": ("agent", "profileId"),
}
