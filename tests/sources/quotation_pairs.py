"""Passages before and after a change, written for these tests.

`{old|new}` marks what changed in the markup; a side may be empty. The quotation is as an editor has it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_CHANGE = re.compile(r"\{([^{}|]*)\|([^{}|]*)\}")


class Pair(NamedTuple):
    quotation: str
    markup: str
    told: tuple[str, ...] = ()  # weighty words that must be named

    @property
    def before(self) -> str:
        return _CHANGE.sub(r"\1", self.markup)

    @property
    def after(self) -> str:
        return _CHANGE.sub(r"\2", self.markup)


# One word of the quotation, or right beside it, is no longer what it was.
CHANGED = [
    # Negations.
    Pair(
        "We will not sell facial recognition to police departments.",
        "<p>We will {not |}sell facial recognition to police departments.</p>",
        ("not",),
    ),
    Pair(
        "We will sell facial recognition to nobody.",
        "<p>We will {|not }sell facial recognition to nobody.</p>",
        ("not",),
    ),
    Pair(
        "The company does not offer general purpose face matching",
        "<p>The company does {<em>not</em> |}offer general purpose face matching to agencies.</p>",
        ("not",),
    ),
    Pair(
        "We have never licensed our face search to a government",
        "<p>We have {never|since} licensed our face search to a government.</p>",
        ("never",),
    ),
    Pair(
        "There are no exceptions to this rule",
        "<p>There are {no|few} exceptions to this rule for anyone.</p>",
        ("no", "few"),
    ),
    Pair(
        "We don’t build tools that track people by their faces",
        "<p>We {don’t|do} build tools that track people by their faces.</p>",
        ("don't",),
    ),
    Pair(
        "we won't share face templates with anybody",
        "<p>From today, we {won&rsquo;t|will} share face templates with anybody.</p>",
        ("won't", "will"),
    ),
    Pair(
        "Agencies cannot use the service for live video",
        "<p>Agencies {cannot|can} use the service for live video.</p>",
        ("cannot", "can"),
    ),
    Pair(
        "Neither cameras nor doorbells will recognise faces",
        "<p>{Neither cameras nor|Cameras and} doorbells will recognise faces.</p>",
        ("neither", "nor"),
    ),
    Pair(
        "None of our products identifies people in crowds",
        "<p>{None|Some} of our products identifies people in crowds.</p>",
        ("none", "some"),
    ),
    Pair(
        "images are stored without names",
        "<p>All images are stored {without|with} names.</p>",
        ("without",),
    ),
    # Time.
    Pair(
        "a one-year moratorium on police use of our technology",
        "<p>We are starting a {one|two}-year moratorium on police use of our technology.</p>",
        ("one-year", "two-year"),
    ),
    Pair(
        "We will pause these sales for one year",
        "<p>We will pause these sales for one {year|month}.</p>",
        ("year", "month"),
    ),
    Pair(
        "will last until a national law is in place",
        "<p>The pause will last {until|after} a national law is in place.</p>",
        ("until", "after"),
    ),
    Pair(
        "The ban holds indefinitely for all customers",
        "<p>The ban holds {indefinitely|currently} for all customers.</p>",
        ("indefinitely", "currently"),
    ),
    Pair(
        "we have permanently closed the programme",
        "<p>In March we have {permanently|temporarily} closed the programme.</p>",
        ("permanently", "temporarily"),
    ),
    Pair(
        "We are pausing the rollout of face unlock",
        "<p>We are {pausing|resuming} the rollout of face unlock.</p>",
        ("pausing",),
    ),
    Pair(
        "Face data is deleted within 30 days of closure",
        "<p>Face data is deleted within {30|90} days of closure.</p>",
        ("30", "90"),
    ),
    Pair("kept for 1 year at most", "<p>Records are kept for {1 year|11 years} at most.</p>", ("1", "11")),
    Pair(
        "It will never again be offered to law enforcement",
        "<p>It will never {again |}be offered to law enforcement.</p>",
        ("again",),
    ),
    # Scope.
    Pair(
        "not sell to police departments in the United States",
        "<p>We will not sell to police departments in {the United States|California}.</p>",
        ("united states",),
    ),
    Pair(
        "not available to law enforcement customers",
        "<p>The product is not available to {law enforcement|retail} customers.</p>",
        ("law enforcement",),
    ),
    Pair(
        "not available to law enforcement agencies anywhere",
        "<p>The product is not available to {|federal }law enforcement agencies anywhere.</p>",
        ("federal",),
    ),
    Pair(
        "We ended all sales of face matching software",
        "<p>We ended {all|some} sales of face matching software.</p>",
        ("all", "some"),
    ),
    Pair(
        "We ended sales of face matching software to states",
        "<p>We ended {|new }sales of face matching software to states.</p>",
        ("new",),
    ),
    Pair(
        "used only with consent of the person shown",
        "<p>Pictures are used {only |}with consent of the person shown.</p>",
        ("only",),
    ),
    Pair(
        "No images are shared unless a judge orders it",
        "<p>No images are shared {unless|if} a judge orders it.</p>",
        ("unless", "if"),
    ),
    Pair(
        "We must ask every person before a scan",
        "<p>We {must|may} ask every person before a scan.</p>",
        ("must", "may"),
    ),
    Pair(
        "We will ask every person before a scan",
        "<p>We {will|might} ask every person before a scan.</p>",
        ("will", "might"),
    ),
    Pair(
        "Any government that asks will be refused",
        "<p>{Any|A foreign} government that asks will be refused.</p>",
        ("any",),
    ),
    Pair(
        "This applies to police and to all federal agencies",
        "<p>This applies to police and to all {federal |}agencies.</p>",
        ("federal",),
    ),
    Pair(
        "for essential use by rescue teams",
        "<p>It is licensed for {|non-}essential use by rescue teams.</p>",
    ),
    # Numbers and names.
    Pair(
        "We hold 3.5 million face templates",
        "<p>We hold {3.5|35} million face templates.</p>",
        ("3.5", "35"),
    ),
    Pair("5 agencies use the product", "<p>In all, {5|1.5} agencies use the product.</p>"),
    Pair(
        "an error rate of less than 20% in all groups",
        "<p>It has an error rate of less than {20%|20.5%} in all groups.</p>",
        ("20%", "20.5%"),
    ),
    Pair(
        "As of 10 June 2020 sales have stopped",
        "<p>As of 10 June {2020|2021} sales have stopped.</p>",
        ("2020", "2021"),
    ),
    Pair(
        "Northwind will not supply cameras to Riverton",
        "<p>{Northwind|Southwind} will not supply cameras to Riverton.</p>",
    ),
    Pair(
        "Northwind will not supply cameras to Riverton",
        "<p>Northwind will not supply cameras to {Riverton|Lakeside}.</p>",
    ),
    Pair("said Ada Bell, who leads the face team", "<p>So said Ada {Bell|Ball}, who leads the face team.</p>"),
    # The first or the last word.
    Pair("Nobody may search faces by name", "<p>{Nobody|Staff} may search faces by name.</p>", ("nobody",)),
    Pair(
        "we sell no faces and never will",
        "<p>To say it once more: we sell no faces and never {will|did}.</p>",
        ("will",),
    ),
    Pair(
        "Today we end this service for good",
        "<p>{Today|Tomorrow} we end this service for good.</p>",
        ("today", "tomorrow"),
    ),
    Pair("that this technology be banned", "<p>We ask that this technology be {banned|studied}.</p>", ("banned",)),
    # Inside markup, crossed out, hidden.
    Pair(
        "We will not sell this to the police",
        "<p>We will {<b>not</b>|<s>not</s>} sell this to the police.</p>",
        ("not",),
    ),
    Pair(
        "We will not sell that to the police",
        "<p>We will {not|<del>not</del>} sell that to the police.</p>",
        ("not",),
    ),
    Pair(
        "We will not rent this to the police",
        '<p>We will <span{| style="display: none"}>not</span> rent this to the police.</p>',
        ("not",),
    ),
    Pair(
        "We will not lend this to the police",
        "<p>We will <i{| hidden}>not</i> lend this to the police.</p>",
        ("not",),
    ),
    Pair(
        "We will not give this to the police",
        '<p>We will <span{| style="text-decoration:line-through"}>not</span> give this to the police.</p>',
        ("not",),
    ),
    Pair(
        "The pause covers every police force",
        "<p>The pause covers <a href='/forces'>{every|<strong>one</strong>} police</a> force.</p>",
        ("every", "one"),
    ),
    Pair(
        "The pledge stands as we made it",
        "{<p>The pledge stands as we made it.</p>|<p><del>The pledge stands as we made it.</del></p>}",
    ),
    Pair(
        "The vow stands as we made it in May",
        "<div{| hidden}><p>The vow stands as we made it in May.</p></div>",
    ),
    # Beside an ellipsis or a bracket.
    Pair(
        "We will not … sell face matching to police",
        "<p>We will {not|gladly}, whatever others do, sell face matching to police.</p>",
        ("not",),
    ),
    Pair(
        "We will … never sell face matching to police",
        "<p>We will, whatever others do, {never|always} sell face matching to police.</p>",
        ("never", "always"),
    ),
    Pair(
        "[The company] will not provide [it] to any force",
        "<p>Northwind will {not |}provide this tool to any force.</p>",
        ("not",),
    ),
    Pair(
        "[W]e will not train on faces [...] without consent",
        "<p>We will not train on faces of adults {without|with} consent.</p>",
        ("without",),
    ),
    Pair(
        "it ended (...) on 1 May in every state",
        "<p>For us it ended, at long last, on {1|31} May in every state.</p>",
        ("1", "31"),
    ),
    # The words just around it.
    Pair(
        "sell facial recognition technology to police departments",
        "<p>We said that we will {not |}sell facial recognition technology to police departments.</p>",
        ("not",),
    ),
    Pair(
        "use faces to show advertisements",
        "<p>Under this policy we {never |}use faces to show advertisements.</p>",
        ("never",),
    ),
    Pair(
        "The product will be withdrawn everywhere",
        "<p>The product will be withdrawn everywhere{|, except in prisons}.</p>",
        ("except",),
    ),
    Pair(
        "we will keep the ban in place",
        "<p>The board decided: we will keep the ban in place {until Congress acts|for one year}.</p>",
        ("until", "one", "year"),
    ),
    Pair(
        "Our cameras will not identify people",
        "<p>{|It is no longer true that }Our cameras will not identify people.</p>",
        ("no",),
    ),
    # Other languages.
    Pair(
        "Wir verkaufen keine Gesichtserkennung an die Polizei",
        "<p>Wir verkaufen {keine|unsere} Gesichtserkennung an die Polizei.</p>",
        ("keine",),
    ),
    Pair(
        "Wir werden das Produkt nicht an Behörden liefern",
        "<p>Wir werden das Produkt {nicht |}an Behörden liefern.</p>",
        ("nicht",),
    ),
    Pair(
        "Nous ne vendrons pas la reconnaissance faciale",
        "<p>Nous {ne vendrons pas|vendrons} la reconnaissance faciale.</p>",
        ("ne", "pas"),
    ),
    Pair(
        "l’entreprise n’utilise jamais les visages des clients",
        "<p>Sachez que l’entreprise n’utilise {jamais|plus} les visages des clients.</p>",
        ("jamais", "plus"),
    ),
    Pair(
        "No venderemos esta tecnología a la policía",
        "<p>{No venderemos|Venderemos} esta tecnología a la policía.</p>",
        ("no",),
    ),
    Pair(
        "Nunca guardamos los rostros sin permiso",
        "<p>Nunca guardamos los rostros {sin|con} permiso.</p>",
        ("sin",),
    ),
    Pair(
        "Non venderemo il riconoscimento facciale alla polizia",
        "<p>{Non venderemo|Venderemo} il riconoscimento facciale alla polizia.</p>",
        ("non",),
    ),
    Pair(
        "A empresa não venderá esta tecnologia à polícia",
        "<p>A empresa {não |}venderá esta tecnologia à polícia.</p>",
        ("não",),
    ),
    Pair(
        "Wij leveren geen gezichtsherkenning aan de politie",
        "<p>Wij leveren {geen|onze} gezichtsherkenning aan de politie.</p>",
        ("geen",),
    ),
    Pair(
        "Мы не будем продавать эту систему полиции",
        "<p>Мы {не |}будем продавать эту систему полиции.</p>",
        ("не",),
    ),
    Pair("我们不会向警察出售人脸识别技术", "<p>我们{不|}会向警察出售人脸识别技术。</p>", ("不",)),
    Pair("暂停向警方出售该产品一年", "<p>公司决定暂停向警方出售该产品{一|两}年。</p>", ("一", "两")),
    Pair("本公司不會提供此項服務", "<p>本公司{不|}會提供此項服務給任何機關。</p>", ("不",)),
    Pair("当社は顔認識を警察に販売しません", "<p>当社は顔認識を警察に販売し{ません|ます}。</p>", ("ません",)),
    Pair("顔のデータは保存しない方針です", "<p>顔のデータは保存{しない|する}方針です。</p>", ("ない",)),
    Pair("لن نبيع هذه التقنية إلى الشرطة", "<p>{لن|سوف} نبيع هذه التقنية إلى الشرطة.</p>", ("لن",)),
    Pair(
        "우리는 경찰에 얼굴 인식을 판매하지 않습니다",
        "<p>우리는 경찰에 얼굴 인식을 {판매하지 않습니다|판매합니다}.</p>",
    ),
    Pair(
        "Δεν πουλάμε αναγνώριση προσώπου στην αστυνομία",
        "<p>{Δεν πουλάμε|Πουλάμε} αναγνώριση προσώπου στην αστυνομία.</p>",
    ),
]

# The words are the same; how they are set, or marked up, is not.
UNCHANGED = [
    # Typography.
    Pair(
        "We call this “face matching” in our reports",
        '<p>We call this {“face matching”|"face matching"} in our reports.</p>',
    ),
    Pair(
        "We call that 'face search' in our reports", "<p>We call that {'face search'|‘face search’} in our reports.</p>"
    ),
    Pair('We call it "face search" here', "<p>We call it {“face search”|«&nbsp;face search&nbsp;»} here.</p>"),
    Pair("We call these “face tools” in talks", "<p>We call these {“face tools”|<q>face tools</q>} in talks.</p>"),
    Pair("We say „face“ in each report", "<p>We say {„face“|”face”} in each report.</p>"),
    Pair("We don’t sell it to police", "<p>We {don’t|don't} sell it to police.</p>"),
    Pair("We don't rent it to police", "<p>We {don't|don&#8217;t} rent it to police.</p>"),
    Pair("a pause – of one year – on sales", "<p>There is a pause {– of one year –|— of one year —} on sales.</p>"),
    Pair("a stop — for two years — on sales", "<p>There is a stop{ — for two years — |—for two years—}on sales.</p>"),
    Pair("a one-year pause on police use", "<p>It is a {one-year|one&#8209;year} pause on police use.</p>"),
    Pair("a two-year pause on police use", "<p>It is a {two-year|two‐year} pause on police use.</p>"),
    Pair("from 2020–2022 nothing was sold", "<p>Note that from {2020–2022|2020-2022} nothing was sold.</p>"),
    Pair("for 30 days after the last use", "<p>It is kept for {30 days|30&nbsp;days} after the last use.</p>"),
    Pair("for 60 days after the last use", "<p>It is kept for {60 days|60&thinsp;days} after the last use.</p>"),
    Pair(
        "an efficient office with offline files",
        "<p>We keep {an efficient office|an eﬃcient oﬃce} with offline files.</p>",
    ),
    Pair(
        "facial recognition for law enforcement",
        "<p>No {facial recognition|fa&shy;cial recog&shy;ni&shy;tion} for law enforcement.</p>",
    ),
    Pair("biometric surveillance of crowds", "<p>No biometric {surveillance|surveil&#8203;lance} of crowds.</p>"),
    Pair(
        "all mass surveillance of public places",
        "<p>We oppose all mass {surveillance|surveil<wbr>lance} of public places.</p>",
    ),
    Pair("Our promise to every customer", "<h2>{Our promise to every customer|OUR PROMISE TO EVERY CUSTOMER}</h2>"),
    Pair("Our Rule For Every Customer", "<h2>{Our Rule For Every Customer|Our rule for every customer}</h2>"),
    Pair("AI 2020 rule of the board", "<p>The {AI 2020|ＡＩ ２０２０} rule of the board.</p>"),
    Pair("a café for the résumé team", "<p>We run a {café|cafe\u0301} for the {résumé|re\u0301sume\u0301} team.</p>"),
    Pair("we wait... and then decide", "<p>First we wait{...|…} and then decide.</p>"),
    Pair("a rule for all and each of us", "<p>This is a  rule {for all and|for\n      all\tand} each of us.</p>"),
    Pair("Do you sell it? No, never!", "<p>{Do you sell it? No, never!|Do you sell it&nbsp;? No, never&nbsp;!}</p>"),
    Pair("Größe und Maß der Straße", "<p>{Größe und Maß der Straße|GRÖSSE UND MASS DER STRASSE} bleiben.</p>"),
    # Markup.
    Pair("We will not sell it to any police", "<p>We will {not|<strong>not</strong>} sell it to any police.</p>"),
    Pair("We will not rent it to any police", "<p>We will n{o|<b>o</b>}t rent it to any police.</p>"),
    Pair(
        "We will not lend it to any police", "<p>We will not {lend it|<a href='/rules'>lend it</a>} to any police.</p>"
    ),
    Pair(
        "We will not give it to any police",
        "<p>We will not give it{|<sup><a href='#note1'>1</a></sup>} to any police.</p>",
    ),
    Pair("We will not ship it to any police", "<p>We will not ship it{|¹} to any police.</p>"),
    Pair("We will not hand it to any police", "<p>We will not hand it{|<!-- for now -->} to any police.</p>"),
    Pair(
        "We will not send it to any police",
        "<p>We will not send it{|<span class='sr-only'> (opens a new window)</span>} to any police.</p>",
    ),
    Pair(
        "We will not post it to any police",
        "<p>We will not post it{|<i class='icon-link' aria-hidden='true'>open</i>} to any police.</p>",
    ),
    Pair("We will not mail it to any police", "<p>We will not mail it{|<script>track(1)</script>} to any police.</p>"),
    Pair("We will not show it to any police", "<p>We will not show it{|<del>, ever,</del>} to any police.</p>"),
    Pair(
        "We will not loan it to any police",
        "{<p>We will not loan it to any police.</p>|<div>We will not loan it to any police.</div>}",
    ),
    Pair(
        "We will not lease it to any police",
        "{|<blockquote>}<p>We will not lease it to any police.</p>{|</blockquote>}",
    ),
    Pair(
        "We will not trade it to any police",
        "{<p>We will not trade it to any police.</p>|<ul><li>We will not trade it to any police.</li></ul>}",
    ),
    Pair(
        "research & development of “faces” < 10",
        "<p>research {&amp;|&#38;} development of {“faces”|&ldquo;faces&rdquo;} {&lt;|&#60;} 10 percent.</p>",
    ),
    Pair("We will keep this rule. It binds all of us.", "<p>We will keep this rule.{ |</p><p>}It binds all of us.</p>"),
    Pair("We will keep that rule. It binds all of us.", "<p>We will keep that rule.{ |<br>}It binds all of us.</p>"),
    Pair(
        "We will keep our rule. It binds all of us.",
        "<p>We will keep our rule. {It|<span>It</span>} binds {all|<em>a</em>ll} of us.</p>",
    ),
    Pair(
        "faces are never sold by us",
        "<table><tr><td>{faces are never sold by us|<p>faces are never sold by us</p>}</td></tr></table>",
    ),
    Pair("faces are never rented by us", "<p>{|<img alt='A lock' src='lock.png'>}faces are never rented by us</p>"),
    Pair("faces are never leased by us", "<p class='{a|b c}' data-x='{1|2}'>faces are never leased by us</p>"),
    Pair("no picture leaves the phone", "<p>We promise that {no picture|no\u00a0picture} leaves the phone.</p>"),
    Pair(
        "the “right to be unseen” of all", "<p>It is the {“right to be unseen”|<em>right to be unseen</em>} of all.</p>"
    ),
    Pair("no face is kept (not even ours)", "<p>So no face is kept {(not even ours)|( not even ours )}.</p>"),
    Pair("we stopped: no sales, no trials", "<p>Since May we stopped{:|&nbsp;:} no sales, no trials.</p>"),
    Pair("the rule binds each subsidiary", "<pre>{the rule binds each|the rule binds\n   each} subsidiary</pre>"),
    Pair("staff may not search by face", "<p>Our <font>staff{ |</font> }may not search by face.</p>"),
    Pair("guards may not search by face", "<p>Our guards{ | <span></span> }may not search by face.</p>"),
    Pair("clerks may not search by face", "<p>Our clerks may{ |<!-- a -->\n<!-- b -->}not search by face.</p>"),
    Pair(
        "shops may not search by face", "<p>Our shops may not search{ |<img src='dot.gif' alt='always'> }by face.</p>"
    ),
    Pair("banks may not search by face", "<p>Our banks may not search{|<noscript>, ever,</noscript>} by face.</p>"),
    Pair("hotels may not search by face", "<p>Our hotels may not search{|<svg><text>or so</text></svg>} by face.</p>"),
    Pair("the number is 1 000 000 at most", "<p>Here the number is {1 000 000|1&#8239;000&nbsp;000} at most.</p>"),
    Pair("it’s ours – and it’s final", "<p>We say {it’s ours – and it’s|it's ours -- and it's} final.</p>"),
    Pair(
        "schools are never to buy it",
        "<dl><dt>Who buys</dt><dd>{schools|<a name='s'></a>schools} are never to buy it</dd></dl>",
    ),
    # An ellipsis or a bracket.
    Pair("[W]e will not train on faces", "<p>{We|WE} will not train on faces.</p>"),
    Pair(
        "the owner . . . must agree in writing",
        "<p>In each case the owner of the {face|<b>face</b>} must agree in writing.</p>",
    ),
    # Other scripts.
    Pair("我们不会向警察出售人脸识别技术", "<p>我们不会向警察出售{人脸|\n   人脸}识别技术。</p>"),
    Pair("本产品自2020年起停售", "<p>本产品自{2020|２０２０}年起停售。</p>"),
    Pair("我们使用 AI 技术", "<p>{我们使用 AI 技术|我们使用AI技术}，但不出售。</p>"),
    Pair("「顔認識」は販売しません", "<p>当社の{「顔認識」|『顔認識』}は販売しません。</p>"),
    Pair("カメラは顔を認識しません", "<p>当社の{カメラ|ｶﾒﾗ}は顔を認識しません。</p>"),
    Pair(
        "東京では販売しません",
        "<p>{東京|<ruby>東京<rp>(</rp><rt>とうきょう</rt><rp>)</rp></ruby>}では販売しません。</p>",
    ),
    Pair("لن نبيع هذه التقنية إلى الشرطة", "<p>لن نبيع هذه {التقنية|التـــقنية} إلى الشرطة.</p>"),
    Pair("שלא נמכור זאת למשטרה", "<p>אמרנו {שלא|&rlm;שלא} נמכור זאת למשטרה.</p>"),
    Pair("Мы не продаём «лица» полиции", "<p>Мы не продаём {«лица»|„лица“} полиции.</p>"),
    Pair("l’entreprise dit « non » à la police", '<p>Donc l’entreprise dit {«&nbsp;non&nbsp;»|"non"} à la police.</p>'),
    Pair("état d’urgence ou pas", "<p>Rien ne change, l’état {d’urgence|d'urgence} ou pas.</p>"),
    Pair("우리는 얼굴을 팔지 않습니다", "<p>{우리는|<b>우리</b>는} 얼굴을 팔지 않습니다.</p>"),
    Pair("हम पुलिस को चेहरे नहीं बेचते", "<p>हम पुलिस को {चेहरे|<b>चेहरे</b>} नहीं बेचते।</p>"),
]

# Other words of the article are not the same: in other blocks, or where the quotation leaves words out.
ELSEWHERE = [
    Pair("We will not … sell it", "<p>We will not, {as others do|like all the others}, sell it.</p>"),
    Pair("We will not [...] rent it", "<p>We will not{ at any time|, at no time,} rent it.</p>"),
    Pair("This rule has no exceptions.", "<p>{Some|Other} words of ours.</p><p>This rule has no exceptions.</p>"),
    Pair("That rule has no exceptions.", "<p>That rule has no exceptions.</p><p>{All|No} other words may change.</p>"),
    Pair(
        "Our rule has no exceptions.",
        "<p>Our rule has no exceptions.</p>{|<p>Read also: two years of police drones</p>}",
    ),
    Pair("Their rule has no exceptions.", "{|<p>May 3, 2021</p>}<p>Their rule has no exceptions.</p>"),
]

# What stands around the article changes, and nothing in it.
SURROUNDINGS = {
    "menu": ("menu", "<li><a href='/n'>All new products</a></li><li><a href='/c'>The ban of 2021</a></li>"),
    "menu turned round": ("menu", "<li><a href='/b'>Products</a></li><li><a href='/a'>About us</a></li>"),
    "cookie banner": (
        "banner",
        "<div class='cookie-consent' role='dialog'><p>We use cookies. You may not refuse all of them.</p>"
        "<button>Accept</button></div>",
    ),
    "advertisement": (
        "aside",
        "<div class='ad advertisement'><a href='/ad'>Buy one, get two: only until Monday!</a></div>",
    ),
    "related links": (
        "aside",
        "<div class='related'><h3>Related</h3><ul><li><a href='/1'>Police pause drones</a></li>"
        "<li><a href='/2'>No more cameras in schools</a></li></ul></div>",
    ),
    "comments": (
        "comments",
        "<section id='comments' class='comments'><h3>12 comments</h3><div class='comment'>"
        "<p>They will never keep this promise, not in a hundred years.</p></div></section>",
    ),
    "footer": ("footer", "<p>© 2023 Northwind. All rights reserved.</p>"),
    "last updated": ("stamp", "<p class='date'>Last updated: 3 May 2023</p>"),
    "reading time": ("stamp", "<p class='meta'>7 min read</p>"),
    "counter": ("stamp", "<p class='shares'>1,204 shares</p>"),
    "script": ("head", "<script>window.build = 'not the same';</script><style>p { color: blue }</style>"),
    "template": ("wrapper", "section"),
}
