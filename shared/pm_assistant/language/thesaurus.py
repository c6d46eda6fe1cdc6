"""Words that stand for one another in software, its business and everyday office talk."""

SYNONYMS = """
2fa authenticator digits mfa one_time onetime otp second_factor sms_code totp two_factor twofactor verification_code
abort cancel cancelled interrupt kill stop terminate
absence away off
absolute total
abuse bitcoin crypto miner mining misuse xmrig
accent diacritic special_character umlaut unaccent
accept allow approve take
accessibility a11y aria blind keyboard screen_reader screenreader wcag
account compte cuenta konto profile
accounting accountant bookings bookkeeper bookkeeping buchhalter buchhalterin buchhaltung comptable datev ledger \
steuerberater tax_adviser tax_advisor tax_lady taxadviser voucher xero
ad ads advert advertising banner
add append insert put
address adresse direccion moved postal postcode street zip
admin administrator back_office backoffice manager owner superuser
admission entry
affected concerned hit impacted
age birthdate birthday born months years_old
age_check adult minor
aggregate combine sum total
agree accept consent
alert alarm notify on_call oncall page pager pagerduty
allergy allergic intolerance reacts
allocate assign reserve
allow authorise enable let may permit
alone one_person second_person single_handed
alt old viejo vieux
always constantly every
amount betrag figure importe montant sum total
analysis analytics evaluate study
andern bearbeiten edit
android galaxy huawei pixel samsung xiaomi
annoy angry complain complaint furious irritating upset
anonymise anonymize erase gdpr mask pseudonymise real_names scrub true_names
anruf call
anzeigen show zeigen
api client endpoint public
api endpoint graphql interface rest route schnittstelle
app application program software
appointment check cita consultation meeting rendez_vous slot termin visit
approve accept agree
approve alone approval confirm cosign cosigner four_eyes freigabe release second_person sign_off two_people
appstore app_store play_store store_review
archive expire expiry keep kept retention store
arm aarch64 apple apple_silicon graviton m1
arrival arrive coming eta expected
arrive came come reach
article post product
artifact binary build_output output
ask demand request want
ask_again re_ask renew repeat_consent
assign allocate attribute distribute
assume suppose
attachment enclosure file
attendance attend attendee came checkin headcount turnout visit
audio dictation mic microphone sound speak speech spoken talk voice
audit auditor history journal log record trace trail who
autocomplete completion suggestion typeahead
automatic auto automate automatically by_itself itself on_own
average mean median typical
away absent off
baby child infant newborn toddler
back_off backoff harsh retry
backend server service
background backdrop
background minimised sleep suspend
backup bring_back brought_back disaster drill recover recovery rehearsal restore sicherung snapshot
badge card id
balance amount available kontostand money saldo total
ban blacklist block kick suspend
bank bankeinzug debit direct_debit directdebit iban konto lastschrift mandate sepa
bank bankeinzug debit directdebit iban konto lastschrift mandate sepa transfer
banner hint icon notice sign
batch at_once bulk many mass multiple nightly several
battery akku charge dead drain empty energy power
before_push earlier locally validation
bekommen erhalten receive
benutzer nutzer user
bestatigen confirm
bestatigung confirmation
bestellen order
beta preview testflight
blank blanco empty gray grey leer vacio vide white
block ban disable freeze lock stolen stop suspend
block module section
blog article post
bluetooth ble handshake nfc pair wireless
blurry blurred focus fuzzy mush pixelated unsharp
board column kanban
bold formatting italic underline
book appointment buchen buchung enrol rendezvous reserva reservar reservation reserve
book reading
booked charged posted taken took
border edge frame
boss ceo cfo chief director manager
bottom below footer lower
branch main mainline master trunk
bring carry deliver
british england london uk
broken bug casse defect does_work doesnt_work glitch kaputt not_work regression roto wont_work
budget allowance cap limit overspend overspent spending
build bundle compile compiler
bundle package set
button boton bouton click cta knopf press tap
cache cdn redis stale
calculate compute count
calendar agenda calendario calendrier feed ical ics kalender outlook schedule
call conference consultation conversation dial talk video
camera capture shoot shot snap take_picture webcam
campaign ad advertising promotion
cancel abbrechen abort annulation annuler call_off cancelar cancellation cancelled drop drop_out dropout noshow \
stornieren stornierung
capacity full no_room overbooked oversold place seat
captcha bot crawler recaptcha robot scraper spam
card carte creditcard debit karte mastercard tarjeta visa
card item tile
careful caution
carrier operator telco vodafone
carry bring transport
cash atm cash_machine money_machine withdraw withdrawal
category bucket classify kind mapped tag type
cause lead produce trigger
cell column field
center centre middle
certificate ca cert https padlock renew renewal ssl tls warning zertifikat
change adjust alter amend andern cambiar correct edit modifier modify update
chapter section
character letter sign
charge abbuchen bill bucht collect debit deduct take_money took withdraw
chart analytics curve diagram graph plot visualisation visualization
chat bot conversation message messenger slack
check examine inspect review verify
checkin check_in door entrance entry kiosk let_in qr reception scan scanner tablet turnstile
checkout basket buy carrito cart kasse panier purchase warenkorb
child children kid minor mother parent
choose auswahlen choice choisir decide elegir option pick select
chopped cut truncated wrap
chunk part piece split
churn cancel cancellation kundigung leave quit resiliation terminate
churn leave loss quit
claim complaint dispute
class clase cours course kurs lesson session stunde training workout
cleanup clean_up cleaner garbage housekeeping prune purge tidy
clip snippet video
close end finished lock shut
cluster box host instance machine node server
code program snippet source
collaborate co_edit simultaneous
collect gather pick
colour color contrast green palette red shade
comma delimiter semicolon separator
comment annotation mention note remark reply thread
commit push
company business corporate empresa enterprise entreprise firma organisation organization orgs tenant workspace
compare check match
compare comparison diff difference versus
complain complaint grumble unhappy
complete entire full incomplete
component element module
compress archive shrink zip
condition requirement rule term
configure settings setup
confirm acknowledge confirmation
conflict clash collision overwrite overwritten
confuse misleading unclear
connect attach link
connection client pgbouncer pool too_clients
consent agree agreement einwilligung permission sign signature
consent_banner cookie_banner
constant always continually each_time every_time
contact details phone_number telephone
continent eu europe european union
contract agreement contrat contrato terms vertrag
contract agreement legal
contrast barely color_blind colour_blind colourblind illegible impossible_see legible readable unreadable
conveyor belt sorter
copy clipboard clone duplicate paste
copy clone dump mirror replica replicate sync
corrupt broken invalid
corrupted broken damaged
cost bill budget cheap expensive invoice money pricey savings spend spent
count counter number tally total
country abroad australia austria belgium brazil britain canada china denmark france germany india international \
ireland italy japan mexico netherlands norway poland portugal spain sweden switzerland uk usa
country abroad austria eu foreign france germany international nation prefix region spain switzerland uk
country eu german germany region spain spanish
coupon code cupon descuento discount gutschein percent_off promo promotion rabatt rebate remise voucher
courier carrier chauffeur conductor delivery_man driver fahrer postman van
crash abort absturz absturzen app_closes app_gone blows_up closes_itself die died dying force_close goes_away kill \
plante quits segfault shut_down sturzt
crash_report sentry stacktrace
create add crear creer erstellen generate made make new
credit balance pass
credit refund
credits points quota
crop cut trim
crowd everybody folks people users
css style stylesheet
currency conversion devise dollar euro exchange forex fx pound wechselkurs
currency_symbol euro_sign
customer account buyer client compte consumer cuenta konto kunde shopper user
customs border clearance cn22 cn23 douane duty hs_code papers tariff zoll
daily day each_day everyday
damage broken crushed dented torn
damage broken harm
danger risk unsafe
dark black blind bright dunkel glare night oscuro sombre theme
dashboard board panel
dashboard chart graph home_screen homepage overview start_page summary widget
dashboard overview report statistic
database cluster datenbank db mariadb mongodb mysql oracle postgres postgresql rds sql
datacenter on_premise onprem own_servers self_hosted selfhosted
date calendar datepicker datum day fecha picker
deadline cutoff due expiry limit until
deadlock lock race
deal contract offer
debug set_x trace verbose
decide choose determine
decimal comma point separator
decline abgelehnt bounce deny fail refuse refuse_document reject
decline decrease fall
delay arrive_late behind hours_late hours_later lag late latency too_late
delete borrar clean discard drop eliminar erase get_rid loschen purge remove rid scrub supprimer throw_away vanish \
wipe
demand load peak
dependency library lock_file lockfile module node_modules npm package
deploy deploiement despliegue go_live launch livegang production publish release roll_out rollout ship shipping_code
deposit drop_off dropoff hand_over neighbour safe_place
design figma mockup ui
design layout look
detect find notice recognise recognize spot
device gadget handheld handset hardware machine phone tablet terminal
diagnosis condition diagnose disease icd illness
diff changes comparison removed_lines
differ deviate different disagree discrepancy inconsistent match mismatch
digital electronic electronically online paperless
dimension height size width
directory catalog folder list
disable deactivate off switched_off turned_off
disabled grayed grayed_out greyed greyed_out inactive
disagree contest object
discard drop forget lose lost throw_away
disconnect cut detach unlink
discover detect find
disk full space storage
display brightness monitor panel screen
dispute chargeback claim contest
distance radius range
distribute deliver spread
docs documentation dokumentation guide handbook help_center help_centre manual readme
doctor arzt arztin clinician gp medecin medic medico physician
document dokument file form paper paperwork pdf sheet
dollar currency euro exchange rate
domain address dns hostname subdomain url
donate charity
door entrance gate
download_text complete_log full_text raw raw_file
downtime maintenance outage
draft auto_save autosave enregistrer guardar lost_work save speichern unsaved
drag drop reorder
drive go ride
driver driver_software firmware software
drop breaks connection disconnect interrupted lost
drop decline fall
duplicate again both dedupe deduplicate doppelt double doublon duplicado idempotency idempotent repeated same_thing \
second_time twice two_times
duration length period time
each_time every_time repeatedly
earlier before previous
early advance ahead before premature
edge border limit
edit alter change lock modify readonly
edit_picture crop resize
editor edit type write
effect consequence impact result
email correo courriel inbox letter mail mailbox newsletter smtp
emoji reaction smiley
empty null void
enable activate on switch_on turn_on
encoding charset question_marks unicode utf8
encrypt cert certificate https kms ssl tls
encrypt cipher kms ssl tls
energy electricity power
enter eingeben input saisir type
entire all complete full whole
entry booked posting record voucher
entry door gate
episode part
erase anonymise anonymize delete forget remove wipe
error 500 502 503 504 complain erreur exception fail failure fallo fehler invalid stacktrace traceback
erstellen anlegen create
estimate eta expected forecast how_long prediction
event callback message update webhook
everyone all everybody
everywhere all_over anywhere
exceed above beyond over
exchange conversion fx kurs rate
exit close leave
expense cost outlay reimbursement spending spesen
experiment ab_test variant
expire ablaufen expiry invalid no_valid outdated stale valid
explain comment context describe explanation sentence
export csv descargar download dump excel exportar exporter exportieren extract herunterladen pull spreadsheet \
telecharger xlsx
extend increase lengthen longer more_time prolong
external outside third_party
extract unpack unzip
eyes blind burn glare
failure blip downtime error gateway hiccup outage
fall decrease drop
family household parent relatives
far distant
favorite favourite starred wishlist
fax facsimile fax_gateway
feature flag switch toggle
fee charge commission cost fine frais gebuhr pay penalty surcharge
fenster window
fertig done
fetch load pull retrieve
few couple handful several
file document download sheet
filter facet narrow segment
filter_picture effect
find discover locate search
fine penalty ticket
fingerprint biometric face face_id faceid passkey touch_id touchid webauthn
finish complete crunching done end ready
firmware flash ota update
first beginning initial
flaky by_accident flake intermittent occasionally random red repeated rerun second_attempt second_try sometimes \
sporadic unreliable unstable
flash blink lamp led light
follower fan subscriber
followup again checkup control follow_up next_visit
font text typeface typography
footer bottom imprint
forbidden banned illegal mustnt not_allowed prohibited
forecast prediction projection
foreign abroad holiday international overseas travel trip vacation
forget dropped forgot lose remember
form field fill_in formulaire formular formulario fragebogen input questionnaire sheet survey
form field formulaire formular formulario input validation
format layout structure
formatting layout style
frame border window
fraud abuse fraudulent misuse scam shady stolen suspicious untrusted
free available frei libre open vacancy vacant
free complimentary costs_nothing gratis gratuit kostenlos no_charge
freeze einfrieren froze frozen hang locks_up stuck unresponsive
freight cargo goods load
french belgian francais france lyon paris
frequent often regular
frontend client interface ui web
fruh early
full_scan index seq_scan slow
fuzzy exact perfectly strict tolerant tolerate
gallery album pictures
gap hole space
garbage bin recycle trash waste
garbled corrupted mess scrambled
gate barrier entrance turnstile
gateway 502 504 hiccup timeout unavailable
gateway 502 504 proxy timeout
gather aggregate collect
gdpr art compliance consent cookie data_protection dpo dsgvo legal personal privacy rgpd
gebucht booked
geld argent dinero money
german berlin deutschland frankfurt germany hamburg munich
get obtain receive
gift gift_card giftcard present voucher
give hand offer provide supply
goal objective target
goods items products stuff
google gmail gsuite workspace
google gsuite identity sso workspace
gps geolocation location position standort tracking whereabouts
gross big grand
group batch bundle
group cost_center cost_centre department team unit
growth increase rise
guess assume estimate predict
guess assume suspect
guest customer traveller visitor
half fifty_percent
header banner headline top
headline header heading title
height size tall
help assist assistance support
hidden button_missing hide invisible no_way not_visible
hide conceal hidden
hide conceal mask
high above exceeds over too_high
hinzufugen add
history earlier log past previous timeline trail versions
hold keep wait
holiday absence easter leave travel trip urlaub vacaciones vacances vacation
home front homepage landing start startpage
hope wish
hotel accommodation overnight room stay
hour clock oclock time
hour_early early too_early
icon badge logo symbol
identity ausweis document id_card kyc passport selfie verification
ignore disregard miss overlook skip
image avatar bild camera foto gallery imagen jpeg media photo photograph pic picture png portrait shot snapshot \
thumbnail
image container docker dockerhub hub kubernetes pod registry
immediately at_once delay instant live real_time realtime right_away sofort straight_away
impact affect hit influence
import bring_over hochladen importar importer importieren ingest load_in migrate subir take_over takeover televerser \
upload
import migrate takeover transfer
improve better enhance optimise
inbox deliverability folder junk mailbox spam
income credit gehalt money_in payroll received salary wages
incomplete half missing partial
increase extend raise
increase grow higher more raise
indentation syntax whitespace yaml
index column database explain query scan seq_scan table_scan
individual separate single
initial first start
injury hurt ill illness injured krank leg sick surgery verletzt
inside internal within
inspect check examine investigate look_into
install deploy installation setup
instructor coach lehrer lehrerin moniteur profesor profesora teacher trainer tutor
insurance assurance insured insurer kasse krankenkasse seguro versicherung
insurer health_fund insurance
integration add_on addon connector plugin sync
internal inside intern
interval period range
invalid unaccepted wrong
investigate analyse analysis debug
invoice bill factura facturation facture receipt rechnung statement
ios apple ipad iphone
isolate own separate
item entry record
jahr year
join combine connect
keep hold preserve remember retain
key certificate secret token
key_card badge fob
keyboard hotkey shortcut
klein pequeno petit small
kosten cost
lab blood figure result test value
label badge etikett etiqueta etiquette sticker tag
laden load shop
land country pais pays
language idioma langue speak sprache
large big bigger giant gross heavy huge large_file larger massive
last end final latest
late before_start cutoff deadline last_minute lastminute minutes_before short_notice shortnotice tardy
law compliance contract lawyer legal regulation
lead boss chief head manager owner supervisor
lead prospect sales
leak breach committed credential expose key published readable secret token visible
learn study train
least fewest minimum
left right side
length duration size
letter char character symbol
licence license permit
licence seat subscription
lieferschein delivery_note
light bulb lamp
like favourite heart
limit boundary edge
limit cap ceiling limitation max maximum quota threshold
limit_raise increase raise
link deep_link deeplink permalink redirect url
lint check linter style
list catalogue directory overview
load charger lade render
load pack
load peak requests traffic
lock goes_dark screen_off sleep turn_off went_dark
lock_door smart_lock unlock_door
locked lock_out lockout shut_out suspended
locker box compartment door station
log cloudwatch debug output print verbose
log_line debug verbose
login acceder access anmelden anmeldung auth authenticate connecter connexion credentials einloggen get_in let_in \
logon sesion signin
logout abmelden deconnexion desconectar expire kick_out log_again log_off sign_out signedout signout throw_out \
thrown_out
long length lengthy wide
look appearance design
look glance peek see view watch
loss lost theft
low below beneath under
loyalty bonus points reward stamps
mac apple macos osx ventura xcode
machine capacity instance vm
majority most
manual by_hand hand paper pen whiteboard
many lots numerous plenty thousands too_many
map address adresse direccion geo location
map cartography directions geo location navigation route satnav streets tiles
mapping match mcc
margin gap padding spacing
mask anonymise anonymize anonymous hidden hide obfuscate pseudonymise redact scrub stars
maximum max most peak
measure figure metric
medication drug ibuprofen medicament medicine medikament medikamente penicillin pill remedy
member attendee client customer guest membre miembro mitglied participant socio
member einladung invitar invitation invite inviter join seat teammate
membership abo contract pass plan subscription vertrag
memory heap leak oom out_memory ram
mention ping tag
menu dropdown nav navbar navigation sidebar
merchant payee shop store supplier
merge combine consolidate fusionner join unify unir zusammenfuhren
merge land pr prs pull_request
metric measure number
microservice service
migration copying cutover migrieren move relocate schema switch switchover transfer
mileage car distance drive kilometer kilometre km miles
minimum least lowest min
minority few
mirror cache proxy_cache pull_through
miss easy_miss overlook unmissable unnoticed
missing absent disappear disparait drop falta fehlen fehlt gone lose lost not_there nowhere perdu vanish verschwunden
mobile android app device handheld handset handy ios ipad iphone movil phone smartphone tablet
modal dialog overlay popup prompt
mode setting state
monitoring alerting datadog grafana observability sentry tracing
monthly each_month mes mois monat per_month
morning am breakfast dawn early
mouse cursor pointer
move drag relocate shift
moved_house move new_address relocate
music audio song track
nachricht message
nachrichten messages
name call last_name lastname spelling surname
name nom nombre
names identity
native emulation emulator qemu
near close nearby
negative below_zero minus
neighbour neighbor next_door
netz network
neu new nouveau nuevo
never not_once
new fresh latest recent
news announcement update
newsletter announcement blast broadcast campaign mailing marketing
next following upcoming
night dark evening late midnight overnight
night_mode black dark
no_capacity capacity no_instances out_stock
nobody no_one none
noshow absent missed no_show show_up turn_up
note comment memo remark
notice announce avisar aviser inform mitteilen notify tell told warn
notification alert benachrichtigen benachrichtigung buzz message notificacion notifier ping push reminder ring
null nan none undefined
number country_code mobile phone plus prefix
number digit figure ticket
number_plate licence plate
nummer number numero
nurse carer staff
object complain protest
ocr read_text reader recognise recognize
offer proposal quote
offer propose provide supply
offline back_online bars connection connectivity coverage disconnect internet network no_coverage no_reception \
no_signal reception reconnect signal underground wifi wlan
offline_mode cached no_internet
offnen open
old aged ancient legacy outdated
onboarding tour tutorial walkthrough welcome wizard
online internet web
open access look peek
order bestellung commande pedido purchase
ordner folder
outage down downtime incident offline unavailable
outage_page status_page uptime
outbound egress firewall proxy
outdated deprecated former legacy old previous
output console log stream
overdraft minus negative
overnight morning night sleep
overview list report statement summary
overwrite lost_changes overwritten replace
own dedicated private separate
pack package wrap
page screen site view website
pagination first_page infinite load_more more_rows next_page page scroll
panic frightened scared tears worry
paper page pen printed sheet
parallel concurrently one_another serial simultaneously split
parameter argument option
parcel colis consignment package packet paket paquete shipment
parent guardian mother
park garage
parse parser read
part component piece section
partial parcial part partiel portion remainder rest some teilweise
partner contractor provider subcontractor subs supplier third_party vendor
pass credit ticket
password code contrasena forgot kennwort mot_passe passcode passphrase passwort pin
patch fix update
patient case patienten sick_person
patient_screen call_names display waiting_room
pause break freeze hold interrupt pausieren suspend without_paying
pause break intermission
pay bezahlen billing card charge checkout pagar paid paiement payer settle stripe zahlung
payment apple_pay applepay google_pay klarna method paypal wallet
payment bezahlen billing card charge pagar pago paid paiement payer stripe zahlung
payroll pay_out payslip salary wages
pdf ausdruck document drucken imprimer imprimir paper print printout
peak busy load monday rush spike traffic
pending not_yet provisional reserved unbooked waiting
percentage percent rate share
period duration interval term
permission 403 access admin allowed authorization berechtigung droit entitled forbidden may permiso privilege rbac \
recht rights role
permit licence permission
person guy human lady man people somebody someone woman
personal data gdpr health private sensitive
personal individual own
pharmacy apotheke chemist drugstore farmacia pharmacie
phase stage step
phone android call device handset iphone mobile pixel samsung smartphone telefon telefono telephone
photo_album album gallery
pipeline build ci job run workflow
pipeline ci cypress playwright test
plan organise schedule
plug connect socket
podcast audio episode
points balance credits
portuguese brazil lisbon porto portugal
position place rank
post article entry
post publish send
postcode plz postal zip zipcode
practice cabinet clinic hospital praxis surgery ward
prefer favour
prefix country_code dial international plus
prescription ordonnance prescribe receta recipe rezept
present here
prevent avoid block stop
preview display estimate forecast shown shows
previous earlier former last
price cost fare precio preis prix rate tariff
print drucker impresora imprimante label printer sticker zpl
privacy aloud confidential discreet private
private own personal
product article catalog catalogue goods item merchandise
program code software
progress advance status
progress bar eta percent percentage status_bar
promote advance move_up moveup next
promotion campaign offer
prompt ask dialog popup request
protected guarded secure
prove demonstrate evidence proof
provider carrier operator supplier vendor
proxy corporate firewall gateway load_balancer nginx outbound reverse squid
public external open
publish post release
pull download fetch get
purchase acheter bought buy buyer comprar kaufen order shopper
push send trigger
quality grade standard
quarter_hour fifteen_minutes minutes ten_minutes
question_marks encoding garbled mojibake
queue background backlog batch celery consumer cron job process sidekiq sqs task worker
queue behind clog jam line pile pile_up wait
queue_time wait_time
quit exit leave
quota allowance eaten exhausted limit monthly used_up
quote estimate offer
quote_mark apostrophe quotation
range distance interval
rank position score
ranking best leaderboard list score top worst
rare occasionally seldom
rate 429 calls cap limit limiter quota ratelimit requests_per throttle too_many toomany toomanyrequests
rating feedback review stars
ratio percentage share
react reactive respond
read see view
reader card_reader scanner
readonly look only_look read_only view view_only viewer
reason cause origin root_cause why
receipt beleg bill invoice quittung
receipt beleg document proof quittung recibo recu slip voucher
receive arrives bekommen get reach recevoir recibir
reception counter desk empfang front_desk frontdesk receptionist
recipient addressee destinataire empfanger receiver
recognise detected found isnt_found recognize
reconnect come_back connect_again dial_in redial rejoin
record akte chart dossier file patient_file
record entry row
recurring daily dauerauftrag each_month every_day every_month every_week monthly periodic regular repeat standing \
weekly
redirect diverted forward reroute
reduce cut decrease less lower save shrink
referral campaign friend invite recommend refer
refund chargeback devolver erstatten erstattung give_back money_back pay_back payback reembolso reimburse \
remboursement return send_back
refund chargeback devolver erstatten giveback money payback reimburse
regex expression pattern
region area zone
region country eu europe european frankfurt location residency virginia
relative percentage ratio
release free unlock
remind day_before erinnern erinnerung nudge rappel recall recordatorio reminder
renew extend prolong renewal
rent recurring salary standing
repair fix mend restore
replace cover deputy ersatz fill_in locum remplacant stand_in standin step_in substitute sustituto swap vertretung
replica instance node pod
report analytics bericht evaluation figures informe kpi metrics numbers overview rapport statistics stats summary
repository codebase git repo
require compulsory mandatory must need
rerun again re_run repeat restart retry
resend again repeat retry send_again
reserve book hold
reset forgot recover recovery reinitialiser restablecer zurucksetzen
resize layout misaligned narrow overlap responsive width
resize scale shrink
resolution compression jpeg pixels quality
restaurant breakfast dinner food lunch meal
retention cleaner cleanup days delete keep lifetime
retrieve fetch get restore
retry again attempt back_off once_more reattempt resend second_time second_try tried try
return devolucion retoure rma send_back sent_back
reveal expose show
revenue income turnover umsatz
richtig correct right
rise climb grow increase
risk danger hazard
roaming abroad sim
role function position
rollback restore revert roll_back undo
room chamber hall raum salle space zimmer
room_temperature heating thermostat
rota dienstplan duty roster shift staffing who_works
rotate flip turn
rotate landscape lying orientation sideways turn upside_down
rotate new_key renew replace revoke swap
round cent decimal
route directions guide itinerary navigation path tour way
router modem wifi
row line record
ruckgabe return
rule condition logic policy
run build execution job pipeline
runner agent box executor machine worker
safari browser chrome edge firefox tab webkit
safe secure trusted
sale discount offer promotion
sales deal pipeline revenue
salesforce crm hubspot
sandbox demo playground tenant
say mention state tell
scale autoscale capacity prewarm replica scale_up warm warm_up
scale balance weigh
scan barcode ocr qr reader scanner
schedule automatically cron every_night nightly periodic planned recurring regular repeat scheduler
schema format json structure yaml
schicken send senden
schliessen close
schloss lock
schlussel cle key llave
schnell fast rapide rapido
score points rating
screen bildschirm display ecran monitor page pantalla screenshot view
script code program
scroll beginning jump position top
search buscar busqueda filter find found hits look_up looking_for lookup query recherche rechercher suche suchen
search elasticsearch index opensearch reindex
seat licence user
secret apikey credential env key password private_key token
section block paragraph part
secure protected safe
security attack attacker csrf cve exploit hacker hole penetration pentest researcher vulnerability vulnerable xss
security breach exploit leak
seite page
sell sale sold vente verkaufen
send deliver dispatch enviar envoyer schicken sent transmit
sender absender merchant shipper
sensor detector probe
seo google ranking
separate divided itemise itemize split
separate isolate split
serialise in_order one_another order queue sequence serialize
server backend host machine
server serveur servidor
session cookie expire logout remember_me sid stay_in
set collection group
settings ajustes config configuration einstellungen option parametres preference profile setup
setup configure install
shady dubious suspicious unsafe untrusted
share forward
share part percentage
shared common same together
shell bash console terminal
shift duty night_shift swap trade
shift hour_off misplaced moved offset
shipping courier deliver delivery dispatch envio lieferung livraison parcel
shipping_cost freight postage
shop boutique dealer laden merchant retailer seller store tienda vendor webshop
shorten cut reduce
show afficher anzeigen display list mostrar present shown visible
shrink reduce resize smaller
sicherheit securite security seguridad
sign autograph esign firma signature unterschreiben unterschrift
signature hmac signed verify
signup activation enrol enroll inscription join_up onboarding register registration registrierung registro
silent mute no_longer quiet stopped
sim carrier esim
simultaneous concurrent identical lock parallel race same same_second same_time
single once one only_once throwaway
size 413 big gigabyte limit mb megabyte megs
size dimension length
sla guarantee promise
sleep background idle overnight standby suspend
slow ages crawl forever lag laggy langsam latency lent lenteur lento long_time p95 p99 painfully perf performance \
slower slowness sluggish speed takes_ages takes_forever takes_long waiting
small klein little mini tiny
smart_home device iot
sms short_message text text_message textmessage
socket outlet plug
solve correct fix repair resolve
sometimes now_then occasionally
somewhere anywhere
sort ordenar order rank sortieren trier
sound mute volume
space gap room
spam blacklist deliverability dkim dmarc junk reputation sender spf
spanish barcelona castellano espanol madrid spain
spat late
speak dictate say talk tell
speed accelerate fast faster optimise optimization optimize performance quick quicker
speed pace rate
split apart divide separate several_parts share
spot lugar mat place platz plaza room seat slot space
spread distribute share
spreadsheet columns csv excel list
spreadsheet columns csv excel sheet tabelle table xlsx
square blank empty grey placeholder tile
sso federation identity oauth oidc okta saml
stadt city ciudad ville
staff admin colleague desk employee frontdesk mitarbeiter personnel team worker
staging preproduction qa sandbox test_environment test_system uat
stale aged last_year obsolete old out_date outdated veraltet yesterday
start began begin kick_off launch trigger
state condition status
status progress state
stock availability inventory warehouse
stolen lost theft thief wallet
stop cease end halt
storage azure blob bucket disk files s3 store
store keep kept persist remember save
story article
strasse calle rue street
street avenue road
stuck blocked haengt hang never_finishes pending stall waiting wedged
student learner participant pupil
studio center centre club fitnessstudio gym location venue
style css design look
subject title topic
subscribe feed follow watch
subscription abo abonnement membership plan subscribe subscriber suscripcion tier
suchen find finden
support agent helpdesk service
support deprecated drop drop_support end_life eol leaves_support retire unsupported
surcharge diesel extra fuel supplement
sure certain
survey feedback poll questionnaire
suspect assume suspicious
suspend ban block disable kick lock lockout
swiss geneva switzerland zurich
switch change exchange replace swap turn
switch_off deactivate disable silent turn_off
symbol character icon
sync abgleich mirror replicate synchronisation synchronise synchronize
tab pane screen switch window
table column grid lines list row tabelle tabla tableau
tag category label
tag day
tax brutto gross iva mwst net netto steuer tva vat
teach instruct train
team crew department squad
tell inform notify say
temperature cold heat
template boilerplate layout pattern
termin appointment date
terminate close end quit shut
terms agb conditions tos
test case e2e spec suite unit
test e2e flaky spec
testbericht test_report
text copy phrase sentence string wording
theme look mode skin
thief burglar stolen theft
third one_third
thread discussion topic
thread process worker
ticket admission pass
ticket case issue request
time clock hour minute
timeout freeze froze frozen gateway gives_up hang never_ends never_finishes spin spinner stuck timedout unresponsive
timetable calendar horario planning roster rota schedule stundenplan week_view weekview
timezone abroad lisbon london new_york tokyo
timezone clock daylight dst fuseau hour hour_early hour_late hour_off local_time summertime time_zone tz utc \
wintertime zeitumstellung zeitzone zone
tip gratuity
title headline name subject
token keychain refresh session
tooltip help hint
top above upper
topic subject theme
touch gesture swipe tap
tour round route shift trip
track follow trace whereabouts
traffic one_way road sign street
train course teach
transaction booking entry posting
transfer remittance send_money transferencia uberweisung virement wire
translate english language locale spanish string text untranslated wording
translation arabic dutch english foreign french german i18n italian l10n language locale localisation localization \
polish spanish strings traduccion traduction traduire turkish ubersetzen ubersetzung untranslated wording
transparent transparency
transport carry freight shipping
travel flight hotel journey trip
trend development growth
trial free_plan free_tier freemium
trigger actor author initiator
trigger fired initiated kick_off launched start
truncate abbreviated abgeschnitten chop clipped cut cut_off ends_in shortened
trust accept rely
twice concurrent double identical lock overbooked race same simultaneous
typo misspelling misspelt spelling tippfehler wrong_letter
uhrzeit time
unaccepted refused rejected
understand clear comprehend confusing understandable
underway already_left on_way out_delivery transit
undo bin recover restore trash
uninstall delete remove
unit measure
unlock open release
unsubscribe opt_out optout stop_mails
upcoming future next planned
update patch upgrade
upgrade bump framework migrate new_version newer node python react update
upgrade downgrade
upload anhang archivo attachment datei fichier file piece_jointe send submit
uppercase capital case_sensitive lowercase
uptime availability sla
url address link query_string uri
used_up exhausted ran_out run_out
user account member person
validation accepted complain invalid refuse reject valid
van car lorry truck vehicle
variable env environment placeholder
verbindung connection
verify check confirm proof prove validate
versand shipping
version bump major release update upgrade
version_history revision versions
verzogerung delay
video call camera meeting player recording stream webrtc
video clip film movie
video_call consultation meeting teleconsultation videocall
virtual disposable one_time single_use temporary throwaway
visit traffic visitor
vorschau preview
wait hold stand_by
waitlist line queue standby waiting_list waitinglist warteliste
walk go move
wallet pocket purse
want desire need wish
warehouse almacen depot entrepot fulfilment hub lager storage_hall
warm ahead preheat prewarm
warn alert avertir banner caution heads_up hint notice warnung
warranty guarantee repair
webhook callback events hmac hook poll push signature signed silent
website homepage page site web webpage
websocket live realtime socket streaming
wechselkurs exchange_rate
weight gewicht heavy kilo kilogram scale weigh
weight size
wide broad narrow width
widget embed embeddable iframe plugin
wifi router wireless wlan
window interval slot time_slot time_window timeslot
windows computer desktop laptop pc
wishlist favourites saved
woche week
works_still delay
worse decline degrade regress
wrap line_break linebreak lines multiline newline
write compose draft type
wrong bad deviates different differs falsch faux inaccurate incorrect incorrecto mismatch mistake nonsense off \
stimmt_nicht
yaml config configuration file indentation
year annual
zeit time
zoom enlarge magnify
zugang access
zugriff access
"""
"""One group a line, its usual word first; a word may be in several groups.

All is in lower case without accents, one form a word. `money_back` is two words, said in sequence or with one between.
"""
