"""Words that say little about what a text is about."""

STOPWORDS = """
a about above after again against all also am an and any are aren't as at be because been before being below between
both but by can can't cannot could couldn't did didn't do does doesn't doing don't down during each either else ever
every few for from further get gets getting go goes going gonna got had hadn't has hasn't have haven't having he her
here hers him his how however i i'd i'll i'm i've if in into is isn't it it's its itself just lets let's like ll maybe
me might more most much must my myself near no nor not now of off ok okay on once one only or other our ours out over
own please quite rather re really s same she should shouldn't so some someone something still such t than thanks that
that's the their theirs them then there there's these they they're thing things this those though through thus to too
two under until up us ve very via was wasn't we we'd we'll we're we've well were weren't what what's when where
whether which while who why will with within without won't would wouldn't yeah yep yes yet you you'd you'll you're
your yours hi hello hey hm hmm oh ah lol haha thx ty btw imo imho afaik fyi cc pls plz aha cool nice great good guys
folks team everyone anyone anybody nothing none der die das den dem des ein eine einen einem einer und oder aber ist
sind war waren wird werden wurde hat haben hatte ich du er sie wir ihr mich mir uns euch nicht kein keine auf aus bei
mit nach seit von vor zu zum zur im um als wie auch noch nur schon sehr hier da dass wenn weil fur uber gegen ohne man
mal es sich bitte danke ja nein doch le la les un une de et ou mais est sont etait ete sera ont avait je tu il elle
nous vous ils elles te se ne pas plus que qui quoi dans sur sous avec sans pour par en au aux ce cet cette ces mon ton
son ma ta sa mes tes ses notre votre leur leurs y oui non merci tres el los las una unos unas o pero era fue esta
estan ha han habia yo ella nosotros ellos mas quien con sin para por al del este estos estas mi su mis tus sus lo nos
si gracias muy ya como cuando donde
"""
"""Words without a subject of their own: English, German, French, Spanish."""

COMMON = """
able access across action actually add added adding again ago agree ahead already always another answer app
application around ask asked asking available away back bad based basic because become behind being best better big
bit both bring bug bunch business button call called came case cause change changed chat check checked clear clearly
close closed code come coming company complete completely contact could couple create created current currently
customer data day days deal decide default deploy detail different does done dont doubt early easy email end enough
error even event everything exactly example expect explain extra face fact fail fast feature feel feedback few figure
file final finally find fine finish first fix fixed flow follow forget found free friday full fun future general give
given great group guess half handle happen happened happening hard head hear heard help high hit hold home hope hour
hours idea important improve info information inside instead issue item job keep kind know known large last late later
launch lead learn least leave left less level life like likely line list little live long look looked looking looks
lot love low main make makes making man manage manual matter mean meeting mention message mind minor minute minutes
miss missed moment monday month months morning move moved multiple name need needed needs never new news next night
nothing notice number office often old open option order others page part past pay people perfect person pick place
plan play point possible post pr prepare pretty previous prio priority probably problem process prod product
production project proper properly pull push put question quick quickly ready real reason recent remember remove
report request result review right run running said saturday save saw say says see seem seems seen send sent server
service set setup several share ship shipped short show side simple since single site situation small solution soon
sorry sound sounds special spend sprint stage staging start started state status stay step stop story stuff sunday
support sure system take taken taking talk task tell test tested testing text thank thats thing think third thought
thursday ticket time times tiny today together told tomorrow tonight tool top topic total touch tried true try trying
tuesday turn type understand unless update updated use used useful user users using usual value version view wait
waiting want wanted wants watch way wednesday week weekend weeks welcome whole win wonder word work worked working
works world worry worth write wrong year years yesterday
"""
"""Words so frequent in any office that sharing them proves little."""
