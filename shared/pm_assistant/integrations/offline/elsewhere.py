"""What says a problem, a wish, small talk or a state of work in languages other than English: rules, all of it.

German, French, Spanish, Portuguese, Italian, Russian, Japanese, Chinese, Korean, Hindi and Arabic, in the words that
teams use most. All see folded text: lower case, no accents.
"""

import re

from pm_assistant.language.text import fold


def _of(*languages: str, anywhere: str) -> re.Pattern[str]:
    """A pattern of whole words, an argument a language, and of words that are looked for anywhere.

    Those are of scripts without spaces, or with vowel signs that Python does not take for letters.
    """
    spaced = "|".join(fold(language) for language in languages)
    return re.compile(rf"\b(?:{spaced})\b|{fold(anywhere)}")


PROBLEM = _of(
    r"funktionier\w* (?:\w+ )?nicht|geht (?:\w+ )?nicht(?: mehr)?|kaputt|fehler\w*|absturz|sturzt|langsam|fehlt"
    r"|fehlen"
    r"|doppelt|falsch\w*|leere?n? seiten?|nur leere|ist leer|hangt|nichts mehr|druckt nichts|bleibt stehen"
    r"|bricht (?:\w+ ){0,4}ab|verspatet|verschwind\w*"
    r"|abgelehnt|seit (?:gestern|heute|dem (?:letzten )?(?:update|release)|montag|dienstag|mittwoch|donnerstag"
    r"|freitag|letzter woche)"
    r"|beim \w+en|sobald man|wenn man|kein\w* \w+ mehr|unleserlich|abgeschnitten|lasst sich nicht|kann (?:man "
    r"|\w+ )?nicht|wird nicht|werden nicht",
    r"ne (?:se |s')?\w+ plus|il manque|en retard|ne (?:\w+ )?(?:marche|fonctionne|s'?affiche|charge|repond"
    r"|trouve|imprime|part|peut|peuvent|arrive)\w* (?:p(?:as|lus)|rien)"
    r"|n'(?:\w+) (?:plus|pas|rien)|en panne|erreurs?|plante|plantent|vide|bloquee?|en double|disparai\w*"
    r"|rejetee?s?|trop lente?|depuis (?:hier|ce matin|la mise a jour|lundi|mardi|mercredi|jeudi|vendredi)"
    r"|illisibles?|quand on|lorsqu\w*"
    r"|des qu(?:e|'on|'il)|coupee?s?"
    r"|(?:est|sont) (?:faux|fausses?|incorrecte?s?)|mauvaise? \w+",
    r"faltan? un\w*|con (?:\w+ ){1,3}de retraso|no (?:se )?(?:funciona\w*|carga\w*|abre\w*|muestra\w*"
    r"|encuentra\w*|imprime\w*|llega\w*|deja\w*|guarda\w*|aparece\w*"
    r"|puede\w*)|no se puede|falla\w*|errores|error|lent[oa]|rot[oa]|se (?:cierra|cuelga|queda|bloquea)|vaci[oa]"
    r"|duplicad[oa]s?|desaparec\w*|rechaza\w*|imprime nada|desde (?:ayer|esta manana|hoy|la actualizacion"
    r"|el lunes)|se pierde\w*|no \w+ (?:nada|bien)"
    r"|(?:al|cuando se) (?:abrir|cambiar|guardar|pulsar|enviar|cargar|imprimir|pagar|subir|entrar|iniciar)",
    r"nao (?:\w+ )?(?:funciona\w*|abre\w*|carrega\w*|imprime\w*|salva\w*|encontra\w*|chega\w*|aparece\w*"
    r"|consegu\w*|da)"
    r"|quebrad[oa]|erros?|trava\w*|duplicad[oa]s?|em branco|vazi[oa]|sumiu|somem|fora do ar|desde (?:ontem|hoje"
    r"|a atualizacao)|(?:ao|quando) (?:abrir|salvar|tir\w+|pag\w+|envi\w+|clic\w+|entr\w+)"
    r"|fecha (?:sozinho|quando|ao)|se perde\w*",
    r"non (?:si )?(?:funziona\w*|apre\w*|carica\w*|stampa\w*|salva\w*|trova\w*|arriva\w*|riesc\w*)|rott[oa]"
    r"|errore|errori"
    r"|si blocca|vuot[oa]|doppi[oa]|sparit[oa]|lent[oa]",
    r"не (?:\w+ )?(?:работает|печатает|открывается|загружается|сохраняется|отправляется|приходит|приходят|находит"
    r"|показывает|показываются|могут|может)|ничего не \w+|сломал\w*|ошибк\w*|падает|зависает|пропал\w*|пуст\w+"
    r"|дважды|со? (?:утра|вчерашнего|понедельника)|при (?:открытии|сохранении|оплате|загрузке|входе|печати)",
    anywhere=r"(?:今朝|昨日|先週|更新後|アップデート後)から|エラー|動かな|動きませ|動作しな|できませ|できない"
    r"|しません|不具合|バグ|壊れ|落ち(?:る|ます|た)|固まる|固まり"
    r"|表示され(?:ない|ません)|空白|真っ白|消え|二重|(?:二|2|三|3)回|すぎ|重複|遅い|遅く|届かな|届きませ"
    r"|出ません|出ない|失敗|文字化け|おかしい"
    r"|从(?:今天|昨天|上周|更新)|更新(?:后|之后)|点(?:击|了).{0,8}(?:没|不)|报错|错误|失败|打不开|无法"
    r"|不能(?!不)|崩溃|闪退|卡住|卡死|空白|没有反应|不显示|丢失|重复"
    r"|两次|太(?:慢|小|大|长|短)|很慢|坏了|打印不出"
    r"|收不到|不工作|异常|乱码|부터 .{0,16}(?:안|않)|에러|오류|버그|안 ?(?:됩니다|돼요|되|떠|나와)|않아요"
    r"|않습니다|멈춰|멈춥니다|느려|느립니다|깨져|실패"
    r"|काम नहीं कर|नहीं (?:खुल|चल|हो (?:रह|पा)|आ रह|दिख|मिल|जा रह|छप|छाप|बन|पहुंच)|ख़?राब|त्रुटि|एरर"
    r"|बंद हो (?:जात|गय)|क्रैश|गायब|धीम|दो बार|खाली|टूट|अटक|गलत|لا (?:يعمل|تعمل|يفتح|تفتح|يظهر|تظهر|يطبع|تطبع"
    r"|يمكن|يصل|تصل|يحفظ)|خطأ|معطل|عطل|يتوقف|تتوقف|توقف|فارغ|مرتين|بطيء|اختف"
    r"|止ま(?:っ|り|る)|進ま(?:ない|ず)|間違|ズレ|ずれ",
)
WISH = _of(
    r"wir (?:brauchen|brauchten|sollten|mussen|mussten)|konn(?:en|ten) wir|ware (?:schon|gut|toll|super|hilfreich)"
    r"|wunsch\w*|(?:kunden|nutzer|kunde|anwender) (?:\w+ )?(?:fragen|fragt|wollen|will|mochten|mochte|brauchen)"
    r"|(?:mochten|wollen|wunschen|hatten gern\w*|hatte gern\w*) |moglichkeit, |bitte (?:\w+ ){0,3}(?:einbauen"
    r"|hinzufugen|erganzen|anzeigen)|sollte man"
    r"|fragen (?:\w+ )?danach",
    r"on (?:devrait|pourrait|aurait besoin)|il (?:nous )?faudrait|ce serait (?:bien|utile|top|super)"
    r"|(?:clients?|utilisateurs?|equipes?) (?:\w+ )?(?:demande\w*|veu\w+|voudrai\w+|souhait\w+|aimerai\w+)"
    r"|(?:demandent|veulent|souhaitent|aimeraient|voudraient)|serait (?:bien|utile|pratique)|pourrait-on"
    r"|peut-on ajouter|besoin d'(?:un|une|pouvoir)"
    r"|demandent si",
    r"podriamos|deberiamos|necesitamos|estaria bien|seria (?:util|bueno|genial)|(?:clientes?|usuarios?) (?:\w+ )?"
    r"(?:pid\w+|quier\w+|querrian|necesita\w*|solicita\w*)|(?:piden|quieren|necesitan|solicitan)|seria (?:util"
    r"|bueno|genial|practico)|hace falta|nos gustaria"
    r"|preguntan si (?:pueden|se puede)",
    r"poderiamos|deveriamos|precisamos|seria (?:bom|util|otimo)|(?:clientes?|usuarios?) (?:\w+ )?(?:pede\w*"
    r"|quere\w*|quer"
    r"|precisa\w*|solicita\w*)|(?:pedem|querem|precisam)|gostariamos"
    r"|perguntam se",
    r"potremmo|dovremmo|ci serve|servirebbe|sarebbe (?:utile|bello|comodo)|(?:clienti|cliente|utenti) (?:\w+ )?"
    r"(?:chied\w+|vogli\w+|vorrebber\w+)",
    r"нам нуж\w+|нужно (?:бы )?(?:добавить|сделать)|хорошо бы|было бы (?:хорошо|удобно|здорово)|(?:клиенты|клиент"
    r"|пользователи) (?:\w+ )?(?:прос\w+|хот\w+|хочет)|давайте добавим",
    anywhere=r"してほしい|欲しい|要望|追加して|できるように|対応してもらえ|あると(?:便利|嬉しい|助かる)"
    r"|必要があり|したいとのこと"
    r"|希望(?:能|可以|增加|有|支持)|需要(?:一个|支持|增加|能)|能不能(?:加|增加|支持|让)|(?:用户"
    r"|客户).{0,4}(?:建议|要求|希望|想要)|建议(?:增加|加)"
    r"|增加.{0,12}功能|客户(?:要求|反馈|想)|最好能"
    r"|추가해|있으면 좋|해 ?달라|원해요|원합니다|요청(?:이|했|합)|필요합니다|필요해요"
    r"|चाहते हैं|चाहता है|चाहिए|जोड़|अनुरोध|मांग (?:रहे|की)|अच्छा होगा|نحتاج|نريد|يريدون|يطلبون|يطلب|يريد|نود"
    r"|إضافة|من المفيد",
)
UNTRACKED = _of(
    r"kein(?:en)? ticket|haben wir noch nicht|nichts dergleichen|gibt es noch nicht|ticket (?:anlegen|aufmachen"
    r"|erstellen)",
    r"pas (?:encore )?de ticket|rien de tel|(?:creer|ouvrir) un ticket",
    r"no (?:hay|tenemos) (?:un |ningun )?ticket|nada parecido|(?:crear|abrir) un ticket",
    r"nao (?:ha|tem|temos) (?:um |nenhum )?ticket|nada parecido|(?:criar|abrir) um ticket",
    r"non c'e (?:un |nessun )?ticket|aprire un ticket",
    r"тикета (?:нет|еще нет)|нет тикета|ничего похожего|завести тикет",
    anywhere=r"チケット(?:は|が)?(?:まだ)?(?:ない|ありません|無い)|起票|没有(?:工单|任务|这个功能|ticket)"
    r"|建(?:个|一个)(?:工单|ticket)|티켓(?:이|은)? ?없"
    r"|टिकट नहीं|لا توجد تذكرة|لا يوجد تذكرة",
)
CHATTER = _of(
    r"franzbrotchen|mittagessen|mittagspause|zum mittag|kaffee|feierabend|kantine|wochenende|geburtstag|urlaub"
    r"|mein zug|gute besserung",
    r"dejeuner|biere|cafe|week-end|anniversaire|vacances|mon train|bonne (?:journee|soiree)|bonjour a tous",
    r"almuerzo|comer|cerveza|comida|fin de semana|cumpleanos|vacaciones|mi tren|buenos dias",
    r"almoco|almocar|cafe|fim de semana|aniversario|ferias|feriado|bom dia|cerveja",
    r"pranzo|caffe|fine settimana|compleanno|ferie|buongiorno",
    r"обед|обедать|кофе|выходны\w+|с днем рождения|отпуск\w*|доброе утро",
    anywhere=r"お昼|ランチ|お疲れ|週末|誕生日|飲み会|コーヒー|おはよう|休暇|午饭|吃饭|周末|生日|咖啡|早上好|请假"
    r"|聚餐|空调|热死|冷死|エアコン|試合|점심|주말|생일|커피|수고하셨"
    r"|लंच|खाना|चाय|छुट्टी|जन्मदिन|शुभ|सप्ताहांत|बारिश|غداء|قهوة|عيد|عطلة|صباح الخير",
)

COMPLETED = _of(
    r"(?:ist|sind) (?:\w+ ){0,4}(?:live|produktiv|online)|haben wir (?:\w+ ){0,3}ausgerollt|ausgerollt, kann zu"
    r"|(?:ist|das ist|alles) (?:\w+ )?(?:erledigt|fertig|behoben)|lauft (?:\w+ )?in produktion"
    r"|ist raus|(?:ist|wurde|sind|wurden|hab\w*) (?:\w+ ){0,4}(?:umgesetzt|veroffentlicht|freigegeben|gemergt"
    r"|gemerged|deployt|abgeschlossen|erledigt|behoben|gelost|live genommen)|fertig und \w+",
    r"(?:est|sont) (?:\w+ ){0,2}en (?:production|prod|ligne)|(?:est|a ete) (?:regle|corrige|deploye)e?s?"
    r"|c'est (?:livre|termine|fini|fait|resolu|publie)|(?:livre|termine|resolu|publie|deploye|corrige)e?s? (?:et"
    r"|hier|ce matin|depuis|en prod\w*)|mise? en prod\w* (?:faite?|ok|hier)",
    r"(?:esta|estan) (?:\w+ ){0,2}en produccion|(?:hemos|he|ha sido) (?:arreglado|desplegado|terminado|publicado"
    r"|resuelto)|(?:lo|la) hemos (?:\w+ado|resuelto)"
    r"|(?:quedo|ya quedo|queda) (?:resuelto|listo|arreglado|terminado)|ya (?:funciona|corre) en produccion"
    r"|subido a produccion|(?:resuelto|terminado|publicado|desplegado|arreglado) (?:y|ayer|hoy|esta manana"
    r"|en produccion)",
    r"(?:ja )?esta (?:\w+ ){0,2}em producao|(?:foi|ja foi|esta) (?:corrigid|resolvid|publicad|concluid|finalizad)[oa]"
    r"|(?:resolvid|corrigid|concluid)[oa] e \w+|ja (?:corrigi|resolvi|terminei)|corrigid[oa] e publicad[oa]"
    r"|(?:ja )?esta no ar|(?:entregue|publicad[oa]|resolvid[oa]) (?:e|ontem|hoje)",
    r"(?:e|gia) in produzione|(?:e stato|abbiamo|ho) (?:risolt\w|corrett\w|rilasciat\w|chius\w)|risolto e rilasciato",
    r"(?:исправлен\w*|готово|сделано|закрыт\w*|выкачен\w*|выкатили|зарелизили|задеплоили)|уже (?:на|в) (?:проде"
    r"|продакшене)",
    anywhere=r"本番に(?:反映|リリース|デプロイ|出)(?:し|済|され)|リリース(?:し(?:ました|た)|済み)"
    r"|デプロイ(?:し(?:ました|た)|済み)"
    r"|(?:修正|対応|実装)(?:が)?(?:完了|済み)|修正しました|完了しました|直しました|クローズし"
    r"|已(?:经)?(?:修复|修好|上线|发布|部署|完成|解决|关闭)|(?:修复|上线|发布|部署|解决|处理|搞定)(?:了|完成"
    r"|好了)|(?:对应|开发)?完成了?[，,。]"
    r"|(?:배포|수정|완료|해결|반영)(?:했습니다|했어요|됐습니다|됐어요|되었습니다)"
    r"|(?:लाइव|प्रोडक्शन (?:में|पर)|ठीक|पूरा|हल|डिप्लॉय|रिलीज़) (?:\S+ ){0,2}(?:गया|गई|चुका|चुकी|दिया|है$)"
    r"|تم (?:\S+ ){0,2}(?:الإصلاح|النشر|إصلاح|نشر|حل|الانتهاء|إطلاق|الحل)|أصلحنا|نشرنا"
    r"|(?:リリース|反映|修正|対応|実装|デプロイ|公開)(?:が|は)?(?:完了|済)|搞定|(?:弄好|做完|修好|上线|发布|合并"
    r"|部署)了",
)
REVIEW = _of(
    r"(?:liegt|ist|jetzt) (?:\w+ )?(?:im|zum|in) review|(?:pr|mr|pull request) (?:ist|steht) (?:\w+ )?(?:offen"
    r"|da|bereit)"
    r"|(?:zur|zum|im|ins) review (?:da|offen|bereit|angefragt)?|review angefragt|wartet auf (?:ein "
    r"|das )?review|(?:pr|pull request) (?:ist|steht) (?:\w+ )?(?:fertig|oben|drau\w+)",
    r"(?:j'ai|on a) (?:ouvert|cree|pousse|envoye) (?:la |une )?(?:pr|pull request)|(?:pr"
    r"|pull request) est (?:\w+ )?(?:prete?|ouverte?)|prete? pour (?:la )?relecture"
    r"|en (?:cours de )?revue|(?:en attente de|a) re(?:lecture|lire|vue)|(?:pr|pull request) ouverte",
    r"(?:he|hemos) (?:abierto|creado|subido|enviado) (?:la |una |el )?(?:pr|pull request)|(?:pr"
    r"|pull request) (?:ya )?esta (?:\w+ )?(?:list[oa]|abiert[oa])|list[oa] para (?:la )?revision"
    r"|en revision|pendiente de revision|(?:pr|pull request) abiert[oa]",
    r"(?:pr|pull request) (?:ja )?esta (?:\w+ )?(?:pront[oa]|abert[oa])|pront[oa] para revisao|em revisao"
    r"|aguardando revisao|(?:pr|pull request) abert[oa]",
    r"(?:pr|pull request) e (?:pront[oa]|apert[oa])|in revisione",
    r"(?:pr|пр|пул-реквест) (?:открыт\w*|готов\w*|создал\w*|на ревью)|отправил\w* на ревью|на ревью",
    anywhere=r"(?:pr|プルリク\w*|mr)を?(?:出し|作成し|上げ)(?:まし)?た|レビュー(?:お願い|待ち|依頼)"
    r"|提(?:交)?了 ?(?:pr|mr)|(?:pr|mr) ?(?:已经?)?(?:已?提交|提了|开了|发了)|(?:等待?|待|请).{0,4}(?:review"
    r"|评审|审核)|(?:pr"
    r"|풀 ?리퀘스트)\w* ?(?:올렸|열었|생성)|리뷰 (?:부탁|요청)"
    r"|रिव्यू (?:के लिए|में)|(?:pr|पीआर) (?:खोल|तैयार|बना)|(?:pr|طلب الدمج) (?:جاهز|مفتوح)|للمراجعة|فتحت (?:pr|طلب)"
    r"|レビューに(?:出し|回し)|レビュー中",
)
STARTED = _of(
    r"bin (?:gerade|schon) (?:dabei|dran)|sitze (?:gerade )?(?:dran|daran)|ich (?:ubernehme|fange|beginne"
    r"|arbeite|kummere)|(?:habe|haben) (?:\w+ ){0,3}(?:angefangen|begonnen)"
    r"|(?:setze|mache) (?:ich )?mich (?:\w+ )?(?:dran|daran|an)|(?:nehme|mache|schnappe) ich (?:mir |das "
    r"|jetzt )|(?:ist|jetzt) in arbeit",
    r"je (?:m'en occupe|commence|travaille|m'y mets|demarre)"
    r"|je (?:le |la |les )?(?:prends|fais|demarre|attaque)|c'est en cours|j'attaque",
    r"me pongo con|empiezo|estoy (?:trabajando|con|en ello)|estamos (?:trabajando|en ello)"
    r"|(?:lo|la) (?:cojo|tomo|hago)|me encargo|en curso|estoy en ello",
    r"estou (?:trabalhando|cuidando|comecando)|vou comecar agora|comecei|assumi"
    r"|(?:vou pegar|peguei|estou fazendo)",
    r"ci sto lavorando|me ne occupo|inizio (?:ora|adesso|subito)",
    r"(?:беру|взял\w*) (?:это )?(?:в работу|на себя)|начал\w* (?:работать|делать)|уже (?:делаю|работаю)|занимаюсь",
    anywhere=r"着手し|(?:作業|対応|開発)を?開始し|対応中|(?:私|僕|自分)が(?:対応|担当|やり)|対応(?:を)?(?:始め"
    r"|開始)|作業中|取り掛か|今やって|(?:现在"
    r"|今天)?开始(?:处理|做|弄|搞|开发)|正在(?:处理|做|修|开发)"
    r"|我来(?:处理|做|弄)|在(?:处理|做|弄|修)了|处理中|开发中|작업 ?(?:중|시작)|시작(?:했|합니다|할게요)"
    r"|제가 (?:할게요|맡)"
    r"|(?:पर काम|शुरू) (?:कर|शुरू)? ?(?:रहा|रही|रहे|दिया|किया|कर)|काम शुरू|بدأت|أعمل على|سأبدأ الآن|نعمل على"
    r"|(?:担当|作業)(?:し|を始め)|進めて(?:い|お)り?ます|始めました|取りかか|我(?:接|负责|来)|在做",
)
CANCELED = _of(
    r"brauch(?:en wir|t (?:man|keiner|niemand)) (?:das )?nicht mehr|machen wir (?:doch )?nicht(?: mehr)?"
    r"|wird nicht mehr gebraucht|hinfallig|kann weg|das lassen wir(?: sein)?|verwerfen wir"
    r"|nicht mehr (?:notig|relevant|notwendig|gebraucht)|wird (?:doch )?nicht (?:gemacht|umgesetzt|gebaut)"
    r"|verworfen|gestrichen",
    r"on (?:l')?abandonne|on laisse tomber|(?:plus|n'est plus) (?:besoin|necessaire)"
    r"|on ne (?:le |la )?(?:fera|fait|ferons) (?:pas|plus)|ne sera (?:pas|plus) fait|plus (?:utile|d'actualite)",
    r"ya no (?:hace falta|lo necesitamos|es necesario)|no lo vamos a hacer|lo descartamos|lo dejamos"
    r"|(?:ya )?no se (?:va a hacer|hara)|ya no (?:aplica|tiene sentido)|descartad[oa]",
    r"nao (?:e|precisamos) mais (?:necessario|disso)|nao vamos (?:mais )?fazer"
    r"|nao sera mais feito|descartad[oa]",
    r"non serve piu|non lo facciamo(?: piu)?",
    r"больше не (?:нужн\w+|актуальн\w+)|не будем (?:это )?делать|неактуальн\w+",
    anywhere=r"(?:対応)?不要に(?:なり|なった)|やらないことに|取りやめ|见送り|見送(?:り|る)|不做了|不需要了"
    r"|取消了|不用做了|필요 ?없(?:어졌|게)|안 ?하기로"
    r"|अब (?:इसकी )?ज़?रूरत नहीं|नहीं करेंगे|रद्द|لم نعد بحاجة|لن ننفذ|ألغي"
    r"|中止(?:に|し)|やめ(?:ました|ます|ることに)|不要で(?:す|した)|作废|搁置",
)
UNSURE = _of(
    r"nicht|noch|kein\w*|nie|fast|wird|werden|soll\w*|morgen|bald|spater|wenn|sobald|falls|ob|bitte|staging"
    r"|nachste\w*",
    r"pas|jamais|presque|sera|va|demain|bientot|quand|si|des que|staging|merci de",
    r"no|todavia|aun|casi|sera|estara|manana|pronto|cuando|si|en cuanto|por favor",
    r"nao|ainda|quase|vai|sera|amanha|em breve|quando|por favor",
    r"non|ancora|quasi|sara|domani|presto|quando|per favore",
    r"не|еще|почти|будет|завтра|скоро|когда|если|пока|пожалуйста",
    anywhere=r"[?？]|ない|ません|まだ|予定|明日|来週|たら|れば|か[。？?]|でしょう|かも|ください|ステージング"
    r"|没|不(?!做了|需要了|用做了)|未|还|明天|下周|准备|计划|如果|吗|将|会在|测试环境|请你|아직|않|내일|다음 ?주"
    r"|예정|하면|까요|나요|ㅂ니까"
    r"|नहीं|कल|क्या|अगर|शायद|होगा|करेंगे|स्टेजिंग|لم |لن |لا |ليس|غدا|هل|؟|إذا|عندما|قريبا|ربما"
    r"|延期|したら|教えて|次第",
)
"""What makes of a state of work a denial, a plan, a condition or a question."""

PRODUCT = _of(
    r"(?:knopf|button|bildschirm|bestellung|benachrichtigung|passwort|rechnung|export|import|suche|karte|seite"
    r"|formular"
    r"|anzeige|termin|liste|app|datei|ubersicht|kalender|adresse|warenkorb|preis)\w{0,3}",
    r"(?:bouton|ecran|commande|notification|mot de passe|paiement|page|facture|recherche|application|appli|formulaire"
    r"|liste|fichier|calendrier|adresse|panier|prix|code)s?",
    r"(?:buscador|pantalla|boton|pedido|notificacion|contrasena|pago|informe|pagina|aplicacion|formulario|lista"
    r"|archivo"
    r"|factura|carrito|precio|correo|mapa)\w{0,2}",
    r"(?:busca|tela|botao|notificac\w+|produto|senha|pagamento|aplicativo|relatorio|formulario|fatura|carrinho"
    r"|preco)s?",
    r"(?:pulsante|schermata|ordine|notifica|pagamento|ricerca|pagina|modulo|fattura|carrello|prezzo|elenco)",
    r"(?:поиск|экран|приложени|кнопк|заказ|товар|уведомлени|отчет|оплат|страниц|файл|корзин|цен|список)\w{0,3}",
    anywhere=r"検索|画面|通知|ログイン|表示|ボタン|注文|データ|アプリ|商品|メール|入力|登録|印刷|設定|支払|決済"
    r"|予約|ページ|一覧|地図|請求"
    r"|搜索|页面|登录|订单|商品|通知|按钮|数据|支付|导出|密码|界面|系统|功能|应用|筛选|地图|列表|发票|검색|화면"
    r"|알림|로그인|주문|상품|버튼|결제|앱"
    r"|बटन|स्क्रीन|ऐप|ऑर्डर|सूचना|पासवर्ड|पेज|खोज|भुगतान|सूची|रिपोर्ट|شاشة|تطبيق|طلب|إشعار|كلمة المرور|صفحة|بحث"
    r"|دفع|قائمة|فاتورة|زر",
)
"""What products have, so that a plain statement about it is likely a report."""
PERSONAL = _of(
    r"ich|mich|mir|mein\w*|wir|uns|unser\w*|du|dir|dein\w*|ihr|euch|danke",
    r"je|j'\w+|mon|ma|mes|moi|nous|notre|nos|tu|toi|vous|votre|on|merci",
    r"yo|mi|mis|me|nosotros|nuestr\w+|tu|te|gracias|estoy|estamos|vamos|voy",
    r"eu|meu|minha|nosso|nossa|voce|obrigad[oa]|estou|estamos|vamos|vou",
    r"io|mio|mia|noi|nostr[oa]|grazie|sono|andiamo",
    r"я|мне|мой|моя|мы|нас|наш\w*|ты|тебе|вы|спасибо",
    anywhere=r"私|僕|俺|うち|ありがとう|お願い|明日|今日|来週|定例|会議|今週|我|你|谢谢|明天|今天|下周|会议|这周"
    r"|저는|제가|우리|감사|내일|오늘"
    r"|मैं|मुझे|मेरा|मेरी|हम|हमारा|आप|धन्यवाद|आज|أنا|نحن|لدي|شكرا|اليوم|غدا",
)
"""Who speaks of people, themselves above all, or of appointments reports nothing of a product."""
