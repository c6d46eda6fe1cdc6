"""The words themselves: which say little, and which stand for one another in software and its business."""

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

SYNONYMS = """
login signin logon authenticate authentication auth anmelden anmeldung einloggen connexion connecter sesion
sso saml okta oidc
password passwort kennwort contrasena passcode
signup register registration onboarding onboard enrol enroll registrierung inscription registro activation
logout signout
checkout cart basket kasse warenkorb panier carrito
coupon voucher promo discount rabatt gutschein remise promotion cupon descuento
payment pay paid charge card billing stripe zahlung bezahlen paiement payer pago pagar
invoice bill billing receipt rechnung facture factura facturation
refund chargeback reimburse erstattung remboursement reembolso
subscription subscribe plan abo abonnement suscripcion tier
price pricing preis prix precio cost
currency euro dollar fx
email mail inbox smtp correo courriel newsletter
notification notify alert push benachrichtigung benachrichtigen notificacion reminder
export download csv xlsx spreadsheet excel exportieren exporter exportar descargar telecharger herunterladen
import upload ingest importieren importer importar hochladen subir televerser
upload attachment file attach datei fichier archivo anhang
image picture photo avatar thumbnail bild foto imagen
search find query lookup filter suche suchen recherche rechercher buscar busqueda
filter facet narrow
sort order ordering sortieren trier ordenar
slow forever ages sluggish latency performance lag perf speed slowness langsam lent lenteur lento slower p95 p99 laggy
speed fast quick optimise optimize performance
timeout hang stuck freeze unresponsive timedout freezing spinner spin
crash crashes crashed abort die segfault absturz plante
error exception fail failure fehler erreur fallo 500 502 503 504 stacktrace traceback
broken bug defect kaputt casse roto regression glitch
blank empty white leer vide vacio
delete remove erase purge loschen supprimer eliminar borrar deletion
archive retention expire expiry
duplicate twice double duplicated doppelt doublon duplicado deduplicate dedupe idempotent idempotency
missing lost gone vanish disappear lose drop fehlt verschwunden perdu disparait falta
wrong incorrect inaccurate mismatch falsch faux incorrecto off
permission role access rbac forbidden 403 authorization rights berechtigung droit permiso admin
security vulnerability cve xss csrf exploit pentest
gdpr privacy dsgvo rgpd consent cookie
mobile phone android ios iphone ipad smartphone handy movil
safari browser chrome firefox edge webkit
screen display view page screenshot bildschirm ecran pantalla
dashboard overview homepage chart graph widget
chart graph plot diagram visualisation visualization analytics
report reporting analytics statistics metrics bericht rapport informe
settings preference config configuration option profile einstellungen parametres ajustes
dark theme night dunkel sombre oscuro
font typography text typeface
colour color contrast
accessibility a11y screenreader wcag aria keyboard
translation localisation localization i18n l10n locale language ubersetzung traduction traduccion
timezone utc dst tz clock zeitzone fuseau
date calendar datepicker day datum fecha
schedule cron scheduler recurring planned
search index reindex elasticsearch opensearch
database db postgres postgresql mysql sql datenbank
migration migrate schema migrieren
backup restore snapshot recovery
cache caching redis stale cdn
queue worker job background celery sidekiq backlog sqs consumer
rate throttle limit ratelimit 429 quota
api endpoint rest graphql route
token apikey credential secret key
session cookie logout expire
deploy deployment release rollout ship livegang deploiement despliegue
pipeline ci build
test e2e flaky spec
docs documentation readme guide manual dokumentation
onboarding tutorial walkthrough tour wizard welcome
form field input validation formular formulaire formulario
button cta click tap knopf bouton boton
modal dialog popup overlay
menu navigation sidebar nav navbar dropdown
table grid row column list tabelle tableau tabla
pagination page scroll infinite
link url redirect deeplink permalink
customer client user account kunde konto compte cliente cuenta
company organisation organization workspace tenant firma entreprise empresa
member teammate invite invitation seat einladung inviter invitar
comment mention reply thread
chat message slack conversation
log logging audit trail history
monitoring observability tracing alerting sentry datadog grafana
memory leak oom ram heap
storage s3 bucket disk
encrypt encryption kms tls ssl certificate cert https
pdf print document
video recording stream player
map location geo address adresse direccion
shipping delivery ship parcel lieferung livraison envio
stock inventory warehouse
product catalog catalogue item article
integration connector plugin sync
sync synchronise synchronize synchronisation replicate
salesforce crm hubspot
offline disconnect connection network reconnect
websocket socket realtime live
undo revert rollback restore
copy paste clipboard duplicate clone
draft autosave save unsaved speichern enregistrer guardar
feature flag toggle
trial freemium
upgrade downgrade
churn cancel cancellation kundigung resiliation
2fa mfa otp totp authenticator twofactor
captcha bot spam recaptcha
emoji reaction
drag drop reorder
bulk batch mass multiple several
round rounding decimal cent
load loading render lade charger
resize responsive layout misaligned overlap
book booking reserve reservation appointment buchung buchen reserva reservar enrol
class lesson course session workout kurs stunde cours clase
instructor teacher trainer coach lehrer lehrerin profesor profesora moniteur
replace substitute replacement swap standin ersatz vertretung remplacant sustituto
studio gym club venue location centre center fitnessstudio
member customer client guest attendee participant mitglied membre miembro socio
membership contract subscription pass plan vertrag abo
waitlist waitinglist queue line standby warteliste
waiting wait queue line
spot place seat slot space mat platz lugar plaza
capacity full overbooked oversold seat place
free open available vacancy vacant frei libre
cancel cancelled cancellation drop dropout noshow stornieren stornierung annuler annulation cancelar
promote promotion moveup advance next
twice double overbooked simultaneous concurrent race lock same identical
pause freeze suspend hold interrupt break pausieren
suspend lock block lockout
holiday vacation travel leave absence urlaub vacances vacaciones
injury injured sick ill illness hurt surgery krank verletzt
attendance attendee visit checkin attend headcount
checkin entry entrance scan scanner qr turnstile reception tablet kiosk
offline network wifi internet reception connectivity signal
timetable schedule planning calendar weekview stundenplan horario
calendar ical ics feed outlook
clock timezone zone dst daylight wintertime summertime zeitumstellung utc
hour clock time
phone telephone telefono telefon mobile smartphone android iphone pixel samsung device
photo picture gallery avatar portrait image camera thumbnail foto
profile account
refund money reimburse devolver payback chargeback giveback erstatten
partial part portion some parcial teilweise partiel
retry retries attempt again reattempt
decline refuse reject fail bounce
card visa mastercard creditcard karte carte tarjeta
bank iban sepa debit directdebit lastschrift bankeinzug mandate konto transfer
payment method paypal wallet applepay klarna
tax vat net gross brutto netto steuer mwst iva tva
receipt invoice bill quittung beleg
accounting accountant bookkeeping bookkeeper taxadviser steuerberater datev ledger buchhaltung comptable
file download document sheet
import migrate takeover transfer
gift voucher present giftcard
fee charge penalty fine pay cost
late lastminute shortnotice deadline cutoff tardy
remind reminder nudge
erase forget delete remove anonymise anonymize wipe
personal private data gdpr health
translate translation language string text english spanish locale untranslated wording
widget embed embeddable iframe
spam junk deliverability dkim dmarc spf
leak leaked expose exposed committed secret key token credential
rotate revoke replace swap renew
postgres database db cluster rds
upgrade version major bump
connection pool client pgbouncer
log logging cloudwatch debug verbose
cost expensive invoice bill spend budget
alert page pager oncall notify alarm paged
queue backlog job task worker celery background
job task worker cron
scale autoscale autoscaling scaling replica
certificate cert tls ssl https padlock renew renewal
domain hostname dns subdomain address
flaky intermittent red rerun unreliable sporadic flake
pipeline ci playwright cypress test
webhook callback hook signed signature hmac poll push
ratelimit limit limiter throttle 429 toomany
api public endpoint client
google gsuite workspace sso identity
email mail letter inbox newsletter mailing
link url button
expire expired invalid stale
token refresh keychain session
overnight night morning sleep
accent umlaut diacritic unaccent
referral refer friend recommend
picture image photo thumbnail media
day daily
confirm confirmation acknowledge
notice announce tell inform notify
push notification alert buzz ping
gateway proxy timeout 504 502
country region eu germany spain german spanish
page site screen view
staff employee frontdesk desk admin team
spreadsheet excel csv columns list
security leak breach exploit
outage down unavailable incident
dashboard report overview statistic
separate split itemise itemize
amount sum total importe betrag montant
"""
"""One group a line: words that stand for one thing when people speak of software; a word may be in several groups."""
