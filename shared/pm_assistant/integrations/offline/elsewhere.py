"""What says a problem, a wish, small talk or a state of work in languages other than English: rules, all of it.

German, French, Spanish, Portuguese, Italian, Russian, Japanese, Chinese, Korean, Hindi and Arabic, in the words that
teams use most; of Polish what says a state of work. All see folded text: lower case, no accents.
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
    r"|(?:find\w*|seh\w*|krieg\w*|bekomm\w*) (?:ich|wir|man|sie) (?:\w+ ){0,4}nicht|abgelehnt|seit (?:gestern"
    r"|heute|dem (?:letzten )?(?:update|release)|montag|dienstag|mittwoch|donnerstag"
    r"|freitag|letzter woche)"
    r"|beim \w+en|sobald man|wenn man|kein\w* \w+ mehr|unleserlich|abgeschnitten|lasst sich nicht|(?:leert|loscht"
    r"|schliesst|verschiebt) sich|hangt sich"
    r"|steht (?:\w+ ){0,4}(?:immer|nur noch|stets) |spiegelverkehrt|seitenverkehrt|kann (?:man "
    r"|\w+ )?nicht|wird nicht|werden nicht",
    r"ne (?:se |s')?\w+ plus|manque(?:nt)?|ne correspond\w* pas|en retard|ne (?:\w+ )?(?:marche|fonctionne"
    r"|s'?affiche|charge|repond"
    r"|trouve|imprime|part|peut|peuvent|arrive)\w* (?:p(?:as|lus)|rien)"
    r"|n'(?:\w+) (?:plus|pas|rien)|en panne|erreurs?|plante|plantent|vide|bloquee?|en double|disparai\w*"
    r"|rejetee?s?|trop lente?|depuis (?:hier|ce matin|la mise a jour|lundi|mardi|mercredi|jeudi|vendredi)"
    r"|illisibles?|quand on|lorsqu\w*"
    r"|des qu(?:e|'on|'il)|coupee?s?"
    r"|(?:est|sont) (?:faux|fausses?|incorrecte?s?)|mauvaise? \w+",
    r"faltan? (?:un\w*|el|la|los|las)|con (?:\w+ ){1,3}de retraso|no (?:se )?(?:funciona\w*|carga\w*|abre\w*"
    r"|muestra\w*"
    r"|encuentra\w*|imprime\w*|llega\w*|deja\w*|guarda\w*|aparece\w*"
    r"|puede\w*)|no se puede|falla\w*|errores|error|lent[oa]|rot[oa]|se (?:cierra|cuelga|queda|bloquea)|vaci[oa]"
    r"|duplicad[oa]s?|desaparec\w*|(?:dejo|dejaron|ha dejado) de \w+|rechaza\w*|imprime nada|desde (?:ayer"
    r"|esta manana|hoy|la actualizacion"
    r"|el lunes)|se pierde\w*|no \w+ (?:nada|bien)"
    r"|(?:al|cuando se) (?:abrir|cambiar|guardar|pulsar|enviar|cargar|imprimir|pagar|subir|entrar|iniciar)",
    r"nao (?:\w+ )?(?:funciona\w*|abre\w*|carrega\w*|imprime\w*|salva\w*|encontra\w*|chega\w*|aparece\w*"
    r"|consegu\w*|da)"
    r"|quebrad[oa]|erros?|trava\w*|duplicad[oa]s?|em branco|vazi[oa]|sumiu|somem|fora do ar|desde (?:ontem|hoje"
    r"|a atualizacao)|(?:ao|quando) (?:abrir|salvar|tir\w+|pag\w+|envi\w+|clic\w+|entr\w+)"
    r"|fecha (?:sozinho|quando|ao)|se perde\w*|par(?:ou|aram) de \w+",
    r"non (?:si )?(?:funziona\w*|apre\w*|carica\w*|stampa\w*|salva\w*|trova\w*|arriva\w*|riesc\w*)|rott[oa]"
    r"|errore|errori"
    r"|si blocca|vuot[oa]|doppi[oa]|sparit[oa]|lent[oa]",
    r"не (?:\w+ )?(?:работает|печатает|открывается|загружается|сохраняется|отправляется|приходит|приходят|находит"
    r"|показывает|показываются|могут|может)|ничего не \w+|сломал\w*|ошибк\w*|падает|зависает|пропал\w*|не (?:доход"
    r"|груз|открыва|отобража|сохраня|срабатыва|отвеча|запуска|обновля)\w+|после обновления"
    r"|(?:неправильн|неверн|обрезан|перевернут)\w*|не видно|перестал\w*|вместо (?:\w+ )+(?:стоит|показ\w+"
    r"|написан\w*|печата\w+)"
    r"|пуст\w+"
    r"|дважды|со? (?:утра|вчерашнего|понедельника)|при (?:открытии|сохранении|оплате|загрузке|входе|печати)",
    anywhere=r"(?:今朝|昨日|先週|更新後|アップデート後)から|エラー|動かな|動きませ|動作しな|できませ|できない"
    r"|しません|不具合|バグ|壊れ|落ち(?:る|ます|た)|固まる|固まり"
    r"|表示され(?:ない|ません)|空白|真っ白|消え|二重|(?:二|2|三|3)回|すぎ|重複|遅い|遅く|届かな|届きませ"
    r"|出ません|出ない|失敗|化け|おかしい"
    r"|从(?:今天|昨天|上周|更新)|更新(?:后|之后)|点(?:击|了).{0,8}(?:没|不)|报错|错误|失败|打不开|无法"
    r"|不能(?!不)|崩溃|闪退|卡住|卡死|空白|没有反应|不显示|丢失|重复"
    r"|两次|太(?:慢|小|大|长|短)|很慢|坏了|打印不出"
    r"|收不到|不工作|异常|乱码|부터 .{0,16}(?:안|않)|에러|오류|버그|안 ?(?:됩니다|돼요|되|떠|나와)|않아요"
    r"|않습니다|멈춰|멈춥니다|느려|느립니다|깨져|실패"
    r"|काम नहीं कर|नहीं (?:खुल|चल|हो (?:रह|पा)|आ रह|दिख|मिल|जा रह|छप|छाप|बन|पहुंच)|ख़?राब|त्रुटि|एरर"
    r"|बंद हो (?:जात|गय)|क्रैश|गायब|धीम|दो बार|खाली|टूट|अटक|ग़?लत|لا (?:يعمل|تعمل|يفتح|تفتح|يظهر|تظهر|يطبع|تطبع"
    r"|يمكن|يصل|تصل|يحفظ)|خطأ|معطل|عطل|يتوقف|تتوقف|توقف|فارغ|مرتين|بطيء|اختف"
    r"|まま(?:です|に)|止ま(?:っ|り|る)|進ま(?:ない|ず)|間違|ズレ|ずれ",
)
WISH = _of(
    r"wir (?:brauchen|brauchten|sollten|mussen|mussten)|konn(?:en|ten) (?:wir|sie|die)|konnte(?:st|t)? (?:man|ihr|du)"
    r"|hatten? (?:\w+ ){0,2}gerne?|ware (?:schon|gut|toll|super|hilfreich)"
    r"|wunsch\w*|(?:kunden|nutzer|kunde|anwender) (?:\w+ )?(?:fragen|fragt|wollen|will|mochten|mochte|brauchen)"
    r"|(?:mochten|wollen|wunschen|hatten gern\w*|hatte gern\w*) |moglichkeit, |bitte (?:\w+ ){0,3}(?:einbauen"
    r"|hinzufugen|erganzen|anzeigen)|sollte man"
    r"|fragen (?:\w+ )?danach|(?:musste|sollte) (?:\w+ )?(?:jemand|einer|mal)|soll(?:en|te|ten)? (?:\w+ ){0,5}konnen"
    r"|kann (?:sich )?(?:das )?(?:bitte )?(?:mal )?jemand (?:\w+ )?(?:ansehen|anschauen|prufen)",
    r"on (?:devrait|pourrait|aurait besoin|aimerait)|j'aimerais|est-ce qu'on p(?:eut|ourrait)"
    r"|il (?:nous )?faudrait|ce serait (?:bien|utile|top|super)"
    r"|(?:clients?|utilisateurs?|equipes?) (?:\w+ )?(?:demande\w*|veu\w+|voudrai\w+|souhait\w+|aimerai\w+)"
    r"|(?:demandent|veulent|souhaitent|aimeraient|voudraient)|serait (?:bien|utile|pratique)|pourrait-on"
    r"|peut-on ajouter|besoin d'(?:un|une|pouvoir)"
    r"|demandent si|quelqu'un peut (?:\w+ )?(?:regarder|verifier|corriger)(?!.{0,20}\b(?:pr|mr|pull)\b)",
    r"podriamos|se podria|(?:me|les|le) gustaria|deberiamos|necesitamos|estaria bien|seria (?:util|bueno|genial)"
    r"|(?:clientes?|usuarios?) (?:\w+ )?"
    r"(?:pid\w+|quier\w+|querrian|necesita\w*|solicita\w*)|(?:piden|quieren|necesitan|solicitan)|seria (?:util"
    r"|bueno|genial|practico)|hace falta|nos gustaria"
    r"|queremos (?:un|una|que|poder)|preguntan si (?:pueden|se puede)"
    r"|alguien puede (?:\w+ )?(?:mirar|revisar|arreglar)(?!.{0,20}\b(?:pr|mr|pull)\b)",
    r"poderiamos|podia(?:mos)? ter|daria p(?:a)?ra|gostaria\w*|deveriamos|precisamos|seria (?:bom|util|otimo)"
    r"|(?:clientes?|usuarios?) (?:\w+ )?(?:pede\w*"
    r"|quere\w*|quer"
    r"|precisa\w*|solicita\w*)|(?:pedem|querem|precisam)|gostariamos"
    r"|perguntam se|alguem pode (?:\w+ )?(?:olhar|verificar|arrumar)(?!.{0,20}\b(?:pr|mr|pull)\b)",
    r"potremmo|si potrebbe|vorremmo|dovremmo|ci serve|servirebbe|sarebbe (?:utile|bello|comodo)|(?:clienti|cliente"
    r"|utenti) (?:\w+ )?"
    r"(?:chied\w+|vogli\w+|vorrebber\w+)",
    r"(?:прос|хот)ят|хотелось бы|а можно|можно ли|можем (?:ли )?(?:мы )?добавить|можно (?:ли )?добавить|нам нуж\w+"
    r"|нужно (?:бы )?(?:добавить"
    r"|сделать)|хорошо бы|было бы (?:хорошо|удобно|здорово)|(?:клиенты|клиент"
    r"|пользователи) (?:\w+ )?(?:прос\w+|хот\w+|хочет)|давайте добавим",
    anywhere=r"してほしい|欲しい|要望|追加して|できるように|対応してもらえ|ると(?:便利|嬉し|うれし|助か)|たいって|(?:でき|れ)ます(?:か|\?)|(?:もらえ|いただけ)ませんか"
    r"|必要があり|したいとのこと"
    r"|希望(?:能|可以|增加|有|支持)|需要(?:一个|支持|增加|能)|能不能(?:加|增加|支持|让|做|把)|能否|可不可以|可以(?:加|做成|支持).{0,12}吗|就(?:好|方便)了|(?:用户"
    r"|客户).{0,4}(?:建议|要求|希望|想要)|建议(?:增加|加)"
    r"|增加.{0,12}功能|客户(?:要求|反馈|想)|最好能"
    r"|추가해|면 좋(?:겠|을)|있을까요|있으면 좋|해 ?달라|원해요|원합니다|요청(?:이|했|합)|필요합니다|필요해요"
    r"|चाहते हैं|चाहता है|चाहिए|जोड़|अनुरोध|मांग (?:रहे|की)|अच्छा होगा|نحتاج|نريد|يريدون|يطلبون|يطلب|يريد|نود"
    r"|إضافة|من المفيد",
)
UNTRACKED = _of(
    r"(?:bitte |mal |gerne )*(?:ein|neues) ticket(?= ?:)|niemand (?:hat|kummert|denkt)|(?:steht|ist) nirgends"
    r"|kein(?:en)? ticket|haben wir noch nicht|nichts dergleichen|gibt es noch nicht|ticket (?:anlegen|aufmachen"
    r"|erstellen)",
    r"pas (?:encore )?de ticket|rien de tel|(?:creer|ouvrir|ouvrez|ouvre|creez|cree)(?: \w+)? un ticket"
    r"|personne ne (?:s'en occupe|l'a \w+)|nulle part",
    r"no (?:hay|tenemos) (?:un |ningun )?ticket|nada parecido|(?:crear|cread|crea|abrir|abrid|abre|abran|haced"
    r"|haz) (?:un|una) (?:ticket|tarea|incidencia)"
    r"|nadie (?:(?:lo|la) (?:ha|tiene|apunt\w+|registr\w+|lleva)|se (?:ha|ocupa|encarga)|ha)"
    r"|no esta (?:apuntado|registrado|anotado)",
    r"nao (?:ha|tem|temos) (?:um |nenhum )?ticket|nada parecido|(?:criar|abrir) um ticket",
    r"non c'e (?:un |nessun )?ticket|aprire un ticket",
    r"тикета (?:нет|еще нет)|(?:задачи|тикета) (?:на (?:это|него) )?нет|нет (?:такой )?задачи|(?:заведите|завести"
    r"|создайте|создать|откройте|нужна|нужен)(?:,? пожалуйста,?)?"
    r" (?:задач[уа]|тикет)|нигде не (?:записано|отмечено)|никто (?:не|этим)|нет тикета|ничего похожего|завести тикет",
    anywhere=r"チケットを?(?:作って|作成して|切って|立てて)|誰も(?:気づいて|把握して|記録して)|チケット(?:は|が)?(?:まだ)?(?:ない|ありません|無い)|起票|没有(?:工单|任务"
    r"|这个功能|ticket)"
    r"|建(?:个|一个)(?:工单|ticket)|티켓(?:이|은)? ?없"
    r"|(?:टिकट|टास्क) (?:नहीं|चाहिए|बनाओ|बना दो|बनाइए|खोल)|किसी ने (?:नोट|दर्ज) नहीं|لا توجد تذكرة|لا يوجد تذكرة",
)
COMPLETED = _of(
    r"(?:ist|sind) (?:\w+ ){0,4}(?:live|produktiv|online)|haben wir (?:\w+ ){0,3}ausgerollt|ausgerollt, kann zu"
    r"|(?:ist|das ist|alles) (?:\w+ )?(?:erledigt|fertig|behoben)|lauft (?:\w+ )?in produktion"
    r"|(?:erledigt|fertig|behoben|geschafft)(?=[.!]*$)|stimmt wieder|ist raus|(?:ist|wurde|sind|wurden"
    r"|hab\w*) (?:\w+ ){0,4}(?:umgesetzt|veroffentlicht|freigegeben|gemergt"
    r"|gemerged|deployt|abgeschlossen|erledigt|behoben|gelost|live genommen)|fertig und \w+"
    r"|(?:ist|sind|lauft|laufen) (?:\w+ ){0,3}(?:in|auf) (?:der )?(?:produktion|prod)",
    r"(?:est|sont) (?:\w+ ){0,2}en (?:production|prod|ligne)|(?:est|a ete) (?:regle|corrige|deploye)e?s?"
    r"|(?:termine|fini|livre|regle)e?(?=[.!]*$)|c'est (?:livre|termine|fini|fait|resolu|publie)|(?:livre|termine"
    r"|resolu|publie|deploye|corrige)e?s? (?:et"
    r"|hier|ce matin|depuis|en prod\w*)|mise? en prod\w* (?:faite?|ok|hier)"
    r"|(?:correction|correctif) .{0,60}\ben prod\w*|: (?:livre|deploye|corrige)e?s?",
    r"(?:esta|estan) (?:\w+ ){0,2}en produccion|(?:hemos|he|ha sido) (?:arreglado|desplegado|terminado|publicado"
    r"|resuelto)|(?:lo|la) hemos (?:\w+ado|resuelto)"
    r"|(?:listo|lista|hecho|terminado|resuelto)(?=[.!]*$)|(?:subido|publicado) (?:hoy|ayer|esta (?:manana|tarde))"
    r"|(?:quedo|ya quedo|queda) (?:resuelto|listo|arreglado|terminado)|ya (?:funciona|corre) en produccion"
    r"|ya funciona|(?:subi|subimos|subido) a prod\w*|(?:resuelto|terminado|publicado|desplegado|arreglado) (?:y"
    r"|ayer|hoy|esta manana"
    r"|en produccion)",
    r"(?:ja )?esta (?:\w+ ){0,2}em producao|(?:foi|ja foi|esta) (?:corrigid|resolvid|publicad|concluid|finalizad)[oa]"
    r"|(?:resolvid|corrigid|concluid)[oa] e \w+|ja (?:corrigi|resolvi|terminei)|corrigid[oa] e publicad[oa]"
    r"|(?:ja )?esta no ar|e no ar|(?:subi|subimos|subiu) (?:para|em) prod\w*|(?:entregue|publicad[oa]"
    r"|resolvid[oa]) (?:e|ontem|hoje)",
    r"(?:e|gia) in produzione|(?:e stato|abbiamo|ho) (?:risolt\w|corrett\w|rilasciat\w|chius\w)|risolto e rilasciato",
    r"(?:исправлен\w*|починил\w*|починен\w*|(?<!в )(?<!на )готово|сделано|выложен\w*|закрыт\w*|выкачен\w*"
    r"|выкатили|зарелизили"
    r"|задеплоили)|уже (?:на|в) (?:проде"
    r"|продакшене)",
    r"(?:fix|hotfix|patch|release|update|version|pr|mr|deploy\w*|migration) (?:ist|sind) (?:\w+ ){0,4}(?:durch"
    r"|draussen|raus)(?=[,.!]|$)|kann (?:jetzt )?zu(?=[,.!]|$)"
    r"|fertig (?:gemacht|gestellt|gebaut)"
    r"|(?:gefixt|behoben|deployt|ausgerollt|gemergt|gemerged|erledigt)(?: und \w+)?(?=\W*$)",
    r"(?:j'ai|on a) (?:\w+ )?(?:termine|fini|livre|deploye|corrige|regle|resolu)"
    r"|on peut (?:fermer|clore|cloturer)(?: (?:le|ce) ticket|(?=\W*$))"
    r"|(?:corrige|deploye|livre|regle|termine|resolu)e?s?(?: et \w+)?(?=\W*$)",
    r"(?:^|(?:ya|esta|estan|quedo|todo) (?:\w+ )?)"
    r"(?:arreglad|desplegad|resuelt|terminad|corregid)[oa]s?(?: y \w+)?(?=\W*$)"
    r"|ya se puede cerrar|(?:termine|acabe|arregle|resolvi) (?:el|la|los|las|lo|con)"
    r"|(?:he|hemos) (?:subido|acabado|corregido|cerrado)",
    r"(?:terminei|acabei|corrigi|resolvi|finalizei|conclui|entreguei)"
    r"|(?:pode|podemos) fechar(?: (?:o|esse|este) ticket|(?=\W*$))"
    r"|(?:subi|subimos) (?:\w+ ){0,5}(?:pra|para|em) (?:a )?prod\w*|corrigid[oa] e no ar",
    r"(?:fix|correzione|patch|versione|aggiornamento|modifica) e (?:\w+ ){0,2}(?:online|live)"
    r"|(?:ho|abbiamo) (?:finito|terminato|sistemato|pubblicato)",
    r"(?:naprawion|wdrożon|zrobion|zakończon|rozwiązan|skończon)\w{1,2}"
    r"|(?:naprawił|wdrożył|skończył)\w*+(?! się)|(?:już|jest) (?:\w+ )?(?:na|w) prod\w*|można zamkn\w+",
    anywhere=r"本番に(?:反映|リリース|デプロイ|出)(?:し|済|され)|リリース(?:し(?:ました|た)|済み)"
    r"|(?:完了|終了|解決)です|リリースして|反映済|デプロイ(?:し(?:ました|た)|済み)"
    r"|(?:修正|対応|実装)(?:が)?(?:完了|済み)|修正しました|完了しました|直しました|クローズし"
    r"|已(?:经)?(?:修复|修好|上线|发布|部署|完成|解决|关闭)|(?:修复|上线|发布|部署|解决|处理|搞定)(?:了|完成"
    r"|好了)|(?:对应|开发)?完成了?[，,。]"
    r"|(?:배포|수정|완료|해결|반영)(?:했습니다|했어요|됐습니다|됐어요|되었습니다)"
    r"|(?:लाइव|प्रोडक्शन (?:में|पर)|ठीक|पूरा|हल|डिप्लॉय|रिलीज़) (?:[^ ]+ ){0,2}(?:गया|गई|चुका|चुकी|दिया|है$)"
    r"|تم (?:[^ ]+ ){0,2}(?:الإصلاح|النشر|إصلاح|نشر|حل|الانتهاء|إطلاق|الحل)|أصلحنا|نشرنا"
    r"|(?:リリース|反映|修正|対応|実装|デプロイ|公開)(?:が|は)?(?:完了|済)|搞定|(?:弄好|做完|修好|上线|发布|合并"
    r"|部署)了"
    r"|(?:不具合|問題|件|バグ)[はがも]?.{0,8}解消(?:し(?!て(?:い|お)?(?:ない|ません))|済)"
    r"|(?:対応|修正|実装|作業|開発|件)(?:が|は|も|、|,)? ?(?:全部|すべて)?終わりました|直りました",
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
    r"|en (?:la )?revision|(?:abri|subi|mande|envie) (?:la |una |el |un )?(?:pr|pull request)|pendiente de revision"
    r"|(?:pr|pull request) abiert[oa]",
    r"(?:pr|pull request) (?:ja )?esta (?:\w+ )?(?:pront[oa]|abert[oa])|pront[oa] para revisao|abri (?:a|o|uma"
    r"|um) (?:pr|pull request)|em revisao"
    r"|aguardando revisao|(?:pr|pull request) abert[oa]",
    r"(?:pr|pull request) e (?:pront[oa]|apert[oa])|in revisione",
    r"(?:pr|пр|пул-реквест) (?:открыт\w*|готов\w*|создал\w*|на ревью)|(?:отправил|отдал)\w* на ревью|на ревью"
    r"|(?:открыл|создал|отправил|выложил|сделал)\w* (?:pr|пр|mr|мр|пул-реквест|мерж-реквест)",
    r"(?:pr|mr|pull request) (?:\w+ ){1,4}(?:ist|steht) (?:\w+ )?(?:offen|da|bereit|fertig|oben)"
    r"|hab\w* (?:\w+ ){0,5}(?:pr|mr|pull request) (?:\w+ ){0,4}(?:aufgemacht|erstellt|geoffnet|gestellt)",
    r"(?:pr|pull request) (?:[\w']+ ){1,4}(?:prete?|ouverte?)"
    r"|(?:prete?s?|pret) (?:pour|a) (?:la |etre )?(?:relecture|relue?|relire)",
    r"(?:pr|pull request) (?:\w+ ){0,5}list[oa]|list[oa]s? para (?:la |que )?revis\w+"
    r"|(?:pr|pull request) (?:\w+ ){1,4}abiert[oa]",
    r"(?:pr|pull request) (?:\w+ ){0,4}(?:pront[oa]|abert[oa])"
    r"|pront[oa]s? (?:pra|para) (?:o )?(?:review|revisar)",
    r"(?:ho|abbiamo) aperto (?:la |una |il )?(?:pr|pull request)"
    r"|(?:pr|pull request) (?:\w+ ){0,4}(?:pronta|aperta)",
    r"(?:na|do|w) (?:code )?review|(?:pr|pull request) (?:\w+ ){0,4}(?:otwart|gotow)\w+"
    r"|(?:otworzył|wystawił|zrobił)\w* (?:pr|pull request)",
    anywhere=r"(?:pr|プルリク\w*|mr)を?(?:出し|作成し|上げ)(?:まし)?た|レビュー(?:を)?(?:お願い|待ち|依頼)"
    r"|提(?:交)?了 ?(?:pr|mr)|(?:pr|mr) ?(?:已经?)?(?:已?提交|提了|开了|发了)|(?:等待?|待|请).{0,4}(?:review"
    r"|评审|审核)|(?:pr"
    r"|풀 ?리퀘스트)\w* ?(?:올렸|열었|생성)|리뷰 (?:부탁|요청)"
    r"|रिव्यू (?:के लिए|में)|(?:pr|पीआर) (?:खोल|तैयार|बना)|(?:pr|طلب الدمج) (?:جاهز|مفتوح)|للمراجعة|فتحت (?:pr|طلب)"
    r"|レビューに(?:出し|回し)|レビュー中"
    r"|(?:pr|mr) ?(?:提好|开好)",
)
STARTED = _of(
    r"bin (?:gerade|schon) (?:dabei|dran)|sitze (?:gerade )?(?:dran|daran)|ich (?:ubernehme|fange|beginne"
    r"|arbeite|kummere)|(?:habe|haben) (?:\w+ ){0,3}(?:angefangen|begonnen)"
    r"|(?:setze|mache) (?:ich )?mich (?:\w+ )?(?:dran|daran|an)|(?:nehme|mache|schnappe) ich (?:mir |das "
    r"|jetzt )|(?:ist|jetzt) in arbeit",
    r"je (?:m'en occupe|commence|travaille|m'y mets|demarre)"
    r"|je (?:le |la |les )?(?:prends|fais|demarre|attaque)|c'est en cours|j'attaque",
    r"me pongo con|empiezo|estoy (?:trabajando|con|en ello)|estamos (?:trabajando|en ello)"
    r"|(?:lo|la) (?:cojo|tomo|hago)|me encargo|ya (?:estoy|voy) con|he empezado|empece|en curso|estoy en ello",
    r"estou (?:trabalhando|cuidando|comecando)|vou comecar (?:agora|hoje|a)|comecei|comecando|assumi"
    r"|(?:vou pegar|peguei|estou fazendo)",
    r"ci sto lavorando|me ne occupo|inizio (?:ora|adesso|subito)",
    r"(?:беру|взял\w*) (?:это )?(?:в работу|на себя)|начал\w* (?:работать|делать|работу|сегодня)|берусь за"
    r"|приступ\w+ к|начинаю|начинаем|принимаюсь|взялс\w+ за|взялась за|уже (?:делаю|работаю)|занимаюсь",
    r"(?:bin|sitze) (?:\w+ ){1,4}dran|geschnappt|setze? mich (?:\w+ ){0,3}(?:an d\w+|dran)|ubernehme ich",
    r"je suis (?:deja )?dessus",
    r"me pongo (?:\w+ )?con|cojo yo",
    r"(?:to|tou|estou) mexendo",
    r"inizio oggi|comincio (?:oggi|ora|adesso)",
    r"взял\w* (?:\w+ ){1,3}в работу",
    r"zaczynam|biorę|zaczął\w*|zacząłem|zaczęłam|pracuję nad|zabieram się za",
    anywhere=r"着手し|(?:作業|対応|開発)を?開始し|対応中|(?:私|僕|自分)が(?:対応|担当|やり)|対応(?:を)?(?:始め"
    r"|開始)|作業中|取り掛か|今やって|(?:现在"
    r"|今天)?开始(?:处理|做|弄|搞|开发)|正在(?:处理|做|修|开发)"
    r"|我来(?:处理|做|弄)|在(?:处理|做|弄|修)了|处理中|开发中|작업 ?(?:중|시작)|시작(?:했|합니다|할게요)"
    r"|제가 (?:할게요|맡)"
    r"|(?:काम )?पर (?:[^ ]+ )?(?:लग|लगा|लगी) (?:रह|हु|गय|गई)|(?:पर काम|शुरू) (?:कर|शुरू)? ?(?:रहा|रही|रहे|दिया"
    r"|किया|कर)|काम शुरू|بدأت|أعمل على|سأبدأ الآن|نعمل على"
    r"|(?:担当|作業)(?:し|を始め)|進めて(?:い|お)り?ます|始めました|取りかか|我(?:接|负责|来)|在做"
    r"|(?:今日|今|これ)から(?:やり|着手|始め|対応し|取り)",
)
CANCELED = _of(
    r"brauch(?:en wir|t (?:man|keiner|niemand)) (?:das )?nicht mehr|machen wir (?:doch )?nicht(?: mehr)?"
    r"|wird nicht mehr gebraucht|hinfallig|kann weg|das lassen wir(?: sein)?|verwerfen wir"
    r"|nicht mehr (?:notig|relevant|notwendig|gebraucht)|wird (?:doch )?nicht (?:gemacht|umgesetzt|gebaut)"
    r"|verworfen|gestrichen|haben (?:uns )?(?:dagegen|gegen \w+ \w+) entschieden",
    r"on (?:l')?abandonne|on laisse tomber|(?:plus|n'est plus) (?:besoin|necessaire)"
    r"|on ne (?:le |la )?(?:fera|fait|ferons) (?:pas|plus)|ne sera (?:pas|plus) fait|plus (?:utile|d'actualite)",
    r"ya no (?:hace falta|lo necesitamos|es necesario)|no lo vamos a hacer|lo descartamos|no (?:lo |la )?haremos"
    r"|decidimos no hacer|lo dejamos"
    r"|(?:ya )?no se (?:va a hacer|hara)|ya no (?:aplica|tiene sentido)|descartad[oa]",
    r"nao (?:e|precisamos) mais (?:necessario|disso)|nao vamos (?:mais )?fazer"
    r"|nao sera mais feito|descartad[oa]",
    r"non serve piu|non lo facciamo(?: piu)?",
    r"больше не (?:нужн\w+|актуальн\w+)|не будем (?:это )?делать|делать (?:\w+ )?не будем|решили не делать"
    r"|неактуальн\w+",
    r"(?:ist|wurde) gestrichen(?=\W*$)|ist vom tisch",
    r"c'est abandonne",
    r"(?:al final no|no l[oa]) hacemos|descartamos|queda descartad[oa]",
    r"desistimos d[aeo]|nao vamos mais",
    r"rinunciamo|non (?:lo|la) faremo",
    r"отказались (?:\w+ )?от|от (?:\w+ ){1,3}отказались",
    r"nie (?:robimy|będziemy (?:\w+ )?robić)|rezygnujemy|odpuszczamy|już niepotrzebn\w+",
    anywhere=r"(?:対応)?不要に(?:なり|なった)|やらないことに|取りやめ|见送り|見送(?:り|る)|不做了|不需要了"
    r"|取消了|不用做了|필요 ?없(?:어졌|게)|안 ?하기로"
    r"|अब (?:इसकी )?ज़?रूरत नहीं|नहीं करेंगे|रद्द|لم نعد بحاجة|لن ننفذ|ألغي"
    r"|中止(?:に|し|です|とし)|やめ(?:ました|ます|ることに)|不要で(?:す|した)|作废|搁置",
)
UNSURE = _of(
    r"nicht|noch|kein\w*|nie|fast|wird|werden|soll\w*|morgen|bald|spater|wenn|sobald|falls|ob|bitte|staging"
    r"|nachste\w*",
    r"pas|jamais|presque|sera|va|demain|bientot|quand|si|des que|staging|merci de|soit|faut|mal|n'est plus"
    r"|ne sont plus",
    r"no(?! (?:ar|site|app|aplicativo|sistema|servidor|ambiente)\b)|todavia|aun|casi|sera|estara|manana|pronto"
    r"|cuando|si|en cuanto|por favor",
    r"nao|ainda|quase|vai|sera|amanha|em breve|quando|por favor",
    r"non|ancora|quasi|sara|domani|presto|quando|per favore",
    r"переведи\w*|закро\w+|отметь\w*|поставь\w*|сделай\w*|не|еще|почти|будет|завтра|скоро|когда|если|пока|пожалуйста",
    r"nie|jeszcze|jutro|będzie|gdy|jeśli|jak tylko|proszę|kiedy|czy|prawie|wkrótce",
    anywhere=r"[?？]|ない|ません|まだ|予定|明日|来週|たら|れば|か[。？?]|か$|でしょう|かも|ください|ステージング"
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
    r"diese woche|nachste woche|um (?:\d+|acht|neun|zehn|elf|zwolf|eins|zwei|drei|vier|funf)(?: uhr)?|sprint\w*"
    r"|standup|retro\w*|meeting"
    r"|besprechung|habe?|ich|mich|mir|mein\w*|wir|uns|unser\w*|du|dir|dein\w*|ihr|euch|danke",
    r"cette semaine|la semaine prochaine|reunion|je|j'\w+|mon|ma|mes|moi|nous|notre|nos|tu|toi|vous|votre|on|merci",
    r"esta semana|la semana que viene|reunion|planificacion|he \w+(?:ado|ido)|yo|mi|mis|me|nosotros|nuestr\w+|tu|te"
    r"|gracias|estoy"
    r"|estamos|vamos|voy",
    r"esta semana|semana que vem|reuniao|planejamento|eu|meu|minha|nosso|nossa|voce|obrigad[oa]|estou|estamos|vamos"
    r"|vou",
    r"io|mio|mia|noi|nostr[oa]|grazie|sono|andiamo",
    r"на этой неделе|планировани\w*|встреч\w*|созвон\w*|я|мне|мой|моя|мы|нас|наш\w*|ты|тебе|вы|спасибо",
    anywhere=r"私|僕|俺|うち|ありがとう|お願い|明日|今日|来週|定例|会議|今週|我|你|谢谢|明天|今天|下周|会议|这周"
    r"|저는|제가|우리|감사|내일|오늘"
    r"|बैठक|मीटिंग|इस हफ़?्ते|मैं|मुझे|मेरा|मेरी|हम|हमारा|आप|धन्यवाद|आज|أنا|نحن|لدي|شكرا|اليوم|غدا",
)
"""Who speaks of people, themselves above all, or of appointments reports nothing of a product."""

INJECTED = _of(
    r"(?:vergiss|vergesst|ignorier\w*|missachte\w*) .{0,40}(?:anweisung\w*|regel\w*|befehl\w*|vorgaben|bisherige\w*"
    r"|obige\w*)"
    r"|(?:losch|schliess|verschieb|setz)\w* .{0,12}alle .{0,20}(?:tickets|aufgaben)|system(?:nachricht|befehl"
    r"|anweisung)(?= ?:)",
    r"(?:ignore\w*|oublie\w*) .{0,40}(?:instructions?|regles?|consignes?|precede\w*)"
    r"|(?:ferme|supprime|cloture|deplace|marque)\w* (?:tous|toutes) .{0,20}(?:tickets|taches)|(?:message"
    r"|instruction) systeme(?= ?:)",
    r"(?:ignora\w*|olvida\w*|omite\w*) .{0,40}(?:instruccion\w*|reglas?|ordenes|anterior\w*)"
    r"|(?:cierra|borra|elimina|mueve|marca)\w* (?:todos|todas) .{0,20}(?:tickets|tareas|incidencias)"
    r"|(?:instruccion|mensaje|orden) del sistema(?= ?:)",
    r"(?:ignore|ignora|esqueca|esquece)\w* .{0,40}(?:instruc\w+|regras?|anterior\w*)|(?:mensagem"
    r"|instrucao) do sistema(?= ?:)",
    r"(?:ignora|dimentica)\w* .{0,40}(?:istruzion\w+|regol\w+|precedent\w+)|messaggio di sistema(?= ?:)",
    r"(?:забудь|забудьте|игнорируй\w*|проигнорируй\w*) .{0,40}(?:инструкци\w*|правил\w*|указани\w*|предыдущ\w*)"
    r"|(?:закрой|удали|переведи|отмени)\w* все .{0,20}(?:задач\w*|тикет\w*)|системн(?:ое|ая) (?:сообщение"
    r"|команда)(?= ?:)",
    anywhere=r"(?:指示|命令|ルール|規則).{0,10}(?:無視|忘れ)|(?:すべて|全て|全部|全件|チケット).{0,12}(?:にしろ|しろ|せよ)|すべてのチケットを.{0,10}して"
    r"|システム(?:命令|指示|メッセージ) ?:"
    r"|(?:忽略|无视|忘记|忘掉).{0,12}(?:指令|指示|规则|命令)|系统(?:消息|指令|提示) ?:"
    r"|(?:지시|명령|규칙).{0,10}(?:무시|잊)"
    r"|시스템 (?:메시지|명령) ?:|(?:निर्देश|नियम|आदेश).{0,20}(?:भूल|अनदेखा|नज़?रअंदाज)|(?:भूल|अनदेखा).{0,20}(?:निर्देश|नियम"
    r"|आदेश)"
    r"|सिस्टम (?:संदेश|आदेश) ?:|(?:تجاهل|انس).{0,30}(?:التعليمات|القواعد|الأوامر)|رسالة النظام ?:"
    r"|^(?:(?:an den|an die|to the|al|a la|à l'|к|dear|hey|hi|hello|hallo|liebe\w*|lieber|estimad\w|querid\w|chere?"
    r"|car[oa]|дорогой|ai|致|给|أيها) ?)?(?:(?:pm|ai) )?(?:assistant|assistent(?:in|en)?|asistente|assistente"
    r"|asystent\w*|(?:ro)?bot|roboter|ассистент|ассистенту|помощник|бот|боту|робот|アシスタント|ボット|ロボット|助手|机器人|어시스턴트|봇|로봇"
    r"|सहायक|बॉट|रोबोट|المساعد|الروبوت|مساعد|روبوت)(?: pm)?(?:へ|さん|님|에게|께)? ?[,:、]",
)
"""What tries to give us orders in passing: who wants something of the assistant says so to its name in the chat."""
FOREIGN = _of(
    r"hersteller|lieferant\w*|anbieter",
    r"fournisseur|prestataire|editeur",
    r"proveedor\w*|fabricante",
    r"fornecedor\w*",
    r"fornitore",
    r"поставщик\w*|вендор\w*|производител\w*",
    anywhere=r"ベンダー|メーカー|作者|供应商|厂商|공급업체|विक्रेता|वेंडर|المورد",
)
"""Who else has a tracker."""
HEDGED = _of(
    r"kommt (?:danach|als nachstes)|fruher|damals|anbieter|lieferant"
    r"|hoffentlich|eigentlich|angeblich|wohl|vermutlich|theoretisch|im prinzip|halb|teilweise|workaround",
    r"vien(?:t|dra) apres|fournisseur|normalement|en theorie|j'espere|il parait|en principe|a moitie|en partie",
    r"va despues|proveedor|ojala|al parecer|supuestamente|en teoria|se supone|a medias|en parte|creo que",
    r"fica (?:pra|para) depois|fornecedor|em tese|supostamente|parece que|tomara|pela metade|em parte|acho que",
    r"viene dopo|fornitore|in teoria|pare che|a quanto pare|spero|a meta|in parte|dovrebbe",
    r"следующ\w+|поставщик|вроде|кажется|похоже|якобы|говорят|надеюсь|по идее|наполовину|частично|временн\w+",
    r"nastepn\w+|dostawc\w+|chyba|podobno|ponoc|mam nadzieje|teoretycznie|w polowie|czesciowo",
    r"\d+ ?(?:%|процент\w*|prozent|por ciento|por cento)",
    anywhere=r"次です|ベンダー|供应商|업체|たぶん|多分|らしい|のはず|一部|半分|\d+ ?[%％]"
    r"|听说|据说|应该是|好像|部分用户|只对|一半|아마|같아요|듯|일부|절반|शायद|सुना है|आधा",
)
"""What leaves open whether something is so, or all of it."""
DENIAL = _of(
    r"no|nope|nah|not (?:for|on|with|here)|doesn't|isn't|hmm+",
    r"nein|nee|noe|nicht|doch nicht|immer noch|kein\w*",
    r"non|pas|toujours pas",
    r"no|a mi no|todavia no|tampoco",
    r"nao|ainda nao|tambem nao",
    r"non|da me no|ancora",
    r"нет|не|неа|у меня нет|все еще",
    r"nie|u mnie nie|dalej to samo|nadal",
    anywhere=r"いいえ|いや|違|まだ|ない|ません|不是|没有|没|还是|不行|아니|아직|안 ?돼|똑같|नहीं|वही|🤔|:thinking",
)
"""What says no to what was said before."""
TAKES_BACK = _of(
    r"wrong (?:thread|ticket|channel|one)|just kidding|jk|kidding|scratch that|in my dreams|or not|i mean|really"
    r"|are you sure|where",
    r"falsche[rsn]? (?:thread|ticket|kanal)|doch nicht|war ein (?:witz|scherz)|wirklich",
    r"mauvais (?:fil|ticket|canal)|je me suis trompe\w*|je plaisante|vraiment",
    r"me equivoque|ticket equivocado|es broma|era otro|de verdad|seguro",
    r"me enganei|ticket errado|brincadeira|serio",
    r"ho sbagliato|ticket sbagliato|scherzo|davvero",
    r"ошиб(?:ся|лась)|не тот (?:тикет|тред|канал)|шучу|точно",
    r"pomylka|zly (?:ticket|watek)|zartuje|na pewno",
    anywhere=r"間違え|誤爆|冗談|本当[?？に]"
    r"|发错|搞错|开玩笑|真的吗|잘못 (?:올|말|적)|농담|정말요|ग़लत|गलत (?:टिकट|थ्रेड)|मज़ाक|सच में",
)
"""What takes back, or asks about, what was said before."""
NOTHING_WRONG = _of(
    r"no (?:more )?(?:issues?|problems?|errors?|complaints?|regressions?)|without (?:any )?(?:issues?|problems?|errors?"
    r"|a hitch)|nothing (?:else )?(?:broke|blew up)",
    r"ohne (?:probleme?|fehler|murren)|keine (?:probleme|fehler|beschwerden)(?: mehr)?",
    r"sans (?:souci|probleme|accroc|erreur)s?|aucune? (?:souci|probleme|erreur|plainte)",
    r"sin (?:problemas?|incidencias?|errores|quejas)|ning\w+ (?:problema|error|queja)",
    r"sem (?:problemas?|erros?|reclamac\w+)|nenhum (?:problema|erro)",
    r"senza (?:problemi|errori|intoppi)|nessun (?:problema|errore)",
    r"без (?:проблем|ошибок|сбоев|жалоб)|(?:проблем|ошибок|жалоб|нареканий) нет",
    r"bez (?:problemow|bledow)|zadnych (?:problemow|bledow|skarg)",
    anywhere=r"没(?:有)?(?:什么)?(?:问题|报错|毛病|投诉)|(?:問題|不具合|エラー|クレーム)(?:は|も)?(?:ありません|なし|ない|ゼロ|出ていません)"
    r"|(?:문제|오류|에러|이상)(?:는|도)? ?없|(?:कोई )?(?:दिक्कत|समस्या|शिकायत) नहीं",
)
"""What says that all is well beside a statement, and denies nothing."""

BESIDES = _of(
    r"nicht (?:mehr|langer)|(?:bitte|mal|gerne) (?:\w+ )?(?:anschauen|ansehen|reviewen|drauf\w*|druber\w*|prufen)"
    r"|schaut? (?:\w+ )?(?:bitte )?drauf",
    r"ne [^ ]+ plus|n'[^ ]+ plus|(?:merci de|veuillez) (?:relire|regarder)|a relire",
    r"ya no|por favor (?:revis\w+|mir\w+)|(?:revis\w+|mir\w+),? por favor",
    r"ja nao|nao [^ ]+ mais|por favor (?:revis\w+|olh\w+)",
    r"non [^ ]+ piu",
    r"больше не|(?:посмотрите|посмотри|гляньте|проверьте),? пожалуйста|пожалуйста,? (?:посмотрите|посмотри|гляньте"
    r"|проверьте)",
    r"si (?:quelqu'un|vous|tu) (?:peut|pouvez|peux|veut|voulez) (?:\w+ )?(?:relire|regarder|reviewer)\w*",
    anywhere=r"(?:し)?ない(?:よう)?に(?:なり|なった|しました)|なくなりました|レビューして(?:ください|もらえますか)"
    r"|अब नहीं|कृपया (?:देख|रिव्यू)[^ ]*(?: लें| लीजिए)?|더 이상|不再",
)
"""What denies nothing that is stated beside it: that it is no longer so, and a word to whoever may look at it."""

GREETING = re.compile(
    r"^\s*(?:"
    + fold(
        r"(?:hi|hey|hello|hallo|moin|servus|bonjour|salut|coucou|hola|buenas|buenos dias|buenas tardes|ola|oi|bom dia"
        r"|boa tarde|ciao|buongiorno|czesc|hej|dzien dobry|namaste|namaskar|привет|здравствуйте|всем привет|добрый день"
        r"|доброе утро|good (?:morning|afternoon|evening)|morning|guten (?:morgen|tag))\b"
        r"(?:[ ,]+(?:all|team|folks|everyone|every(?:one|body)|guys|there|zusammen|leute|alle|tout le monde|l'equipe"
        r"|a todos|todos|equipo|pessoal|gente|galera|a tutti|ragazzi|wszystkim|всем|коллеги|команда|ji|sab)\b)*"
        r"|おはようございます|こんにちは|こんばんは|お疲れ(?:様|さま)です|大家好|各位好|你好|早上好|안녕하세요|नमस्ते|नमस्कार"
    )
    + r")[\s,.!:;、。，！~-]*"
)
"""How a message may begin before it says anything."""
