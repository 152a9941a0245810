# ruff: noqa: E501 (a table, one country a row)
"""Country names as they are printed, in eight languages (Unicode CLDR), to their ISO 3166 alpha-2 codes."""

_TABLE = """\
AD:andorra|andorre|andora
AE:united arab emirates|vereinigte arabische emirate|emirats arabes unis|emiratos arabes unidos|verenigde arabische emiraten|emirati arabi uniti|emirados arabes unidos|zjednoczone emiraty arabskie
AF:afghanistan|afganistan|afeganistao
AG:antigua & barbuda|antigua und barbuda|antigua-et-barbuda|antigua y barbuda|antigua en barbuda|antigua e barbuda|antigua i barbuda
AI:anguilla|anguila
AL:albania|albanien|albanie
AM:armenia|armenien|armenie
AO:angola
AQ:antarctica|antarktis|antarctique|antartida|antartide|antarktyda
AR:argentina|argentinien|argentine|argentinie|argentyna
AS:american samoa|amerikanisch-samoa|samoa americaines|samoa americana|amerikaans-samoa|samoa americane|samoa amerykanskie
AT:austria|osterreich|autriche|oostenrijk
AU:australia|australien|australie
AW:aruba
AX:aland islands|alandinseln|iles aland|islas aland|aland|isole aland|ilhas aland|wyspy alandzkie
AZ:azerbaijan|aserbaidschan|azerbaidjan|azerbaiyan|azerbeidzjan|azerbaigian|azerbaijao|azerbejdzan
BA:bosnia & herzegovina|bosnien und herzegowina|bosnie-herzegovine|bosnia y herzegovina|bosnie en herzegovina|bosnia ed erzegovina|bosnia e herzegovina|bosnia i hercegowina
BB:barbados|barbade
BD:bangladesh|bangladesch|banglades|bangladesz
BE:belgium|belgien|belgique|belgica|belgie|belgio|belgia
BF:burkina faso|burquina faso
BG:bulgaria|bulgarien|bulgarie|bulgarije|bułgaria
BH:bahrain|bahrein|barein|bahrajn
BI:burundi
BJ:benin
BL:st. barthelemy|saint-barthelemy|san bartolome|sao bartolomeu
BM:bermuda|bermudes|bermudas|bermudy
BN:brunei|brunei darussalam
BO:bolivia|bolivien|bolivie|boliwia
BQ:caribbean netherlands|karibische niederlande|pays-bas caribeens|caribe neerlandes|caribisch nederland|caraibi olandesi|paises baixos caribenhos|niderlandy karaibskie
BR:brazil|brasilien|bresil|brasil|brazilie|brasile|brazylia
BS:bahamas|bahama’s|bahamy
BT:bhutan|bhoutan|butan|butao
BV:bouvet island|bouvetinsel|ile bouvet|isla bouvet|bouveteiland|isola bouvet|ilha bouvet|wyspa bouveta
BW:botswana|botsuana
BY:belarus|bielorussie|bielorrusia|bielorussia|bielorrussia|białorus
BZ:belize|belice
CA:canada|kanada
CC:cocos (keeling) islands|kokosinseln|iles cocos|islas cocos|cocoseilanden|isole cocos (keeling)|ilhas cocos (keeling)|wyspy kokosowe
CD:congo - kinshasa|kongo-kinshasa|congo-kinshasa|republica democratica del congo|demokratyczna republika konga
CF:central african republic|zentralafrikanische republik|republique centrafricaine|republica centroafricana|centraal-afrikaanse republiek|repubblica centrafricana|republica centro-africana|republika srodkowoafrykanska
CG:congo - brazzaville|kongo-brazzaville|congo-brazzaville|congo|republica do congo|kongo
CH:switzerland|schweiz|suisse|suiza|zwitserland|svizzera|suica|szwajcaria
CI:cote d’ivoire|ivoorkust|costa d’avorio|costa do marfim
CK:cook islands|cookinseln|iles cook|islas cook|cookeilanden|isole cook|ilhas cook|wyspy cooka
CL:chile|chili|cile
CM:cameroon|kamerun|cameroun|camerun|kameroen|camaroes
CN:china|chine|cina|chiny|people's republic of china|p.r. china
CO:colombia|kolumbien|colombie|kolumbia
CQ:sark
CR:costa rica|kostaryka
CU:cuba|kuba
CV:cape verde|cabo verde|cap-vert|kaapverdie|capo verde|republika zielonego przyladka
CW:curacao|curazao
CX:christmas island|weihnachtsinsel|ile christmas|isla de navidad|christmaseiland|isola christmas|ilha christmas|wyspa bozego narodzenia
CY:cyprus|zypern|chypre|chipre|cipro|cypr
CZ:czechia|tschechien|tchequie|chequia|tsjechie|cechia|tchequia|czechy|czech republic|tschechische republik
DE:germany|deutschland|allemagne|alemania|duitsland|germania|alemanha|niemcy|federal republic of germany|bundesrepublik deutschland|brd
DJ:djibouti|dschibuti|yibuti|gibuti|djibuti|dzibuti
DK:denmark|danemark|dinamarca|denemarken|danimarca|dania
DM:dominica|dominique|dominika
DO:dominican republic|dominikanische republik|republique dominicaine|republica dominicana|dominicaanse republiek|repubblica dominicana|dominikana
DZ:algeria|algerien|algerie|argelia|algerije|algieria
EC:ecuador|equateur|equador|ekwador
EE:estonia|estland|estonie
EG:egypt|agypten|egypte|egipto|egitto|egito|egipt
EH:western sahara|westsahara|sahara occidental|westelijke sahara|sahara occidentale|saara ocidental|sahara zachodnia
ER:eritrea|erythree|eritreia|erytrea
ES:spain|spanien|espagne|espana|spanje|spagna|espanha|hiszpania
ET:ethiopia|athiopien|ethiopie|etiopia
FI:finland|finnland|finlande|finlandia
FJ:fiji|fidschi|fidji|fiyi|figi|fidzi
FK:falkland islands|falklandinseln|iles malouines|islas malvinas|falklandeilanden|isole falkland|ilhas malvinas|falklandy
FM:micronesia|mikronesien|micronesie|mikronezja
FO:faroe islands|faroer|iles feroe|islas feroe|faeroer|isole fær øer|ilhas faroe|wyspy owcze
FR:france|frankreich|francia|frankrijk|franca|francja
GA:gabon|gabun|gabao
GB:united kingdom|vereinigtes konigreich|royaume-uni|reino unido|verenigd koninkrijk|regno unito|wielka brytania|uk|u.k|great britain|england|scotland|wales|grossbritannien
GD:grenada|grenade|granada
GE:georgia|georgien|georgie|gruzja
GF:french guiana|franzosisch-guayana|guyane francaise|guayana francesa|frans-guyana|guyana francese|guiana francesa|gujana francuska
GG:guernsey|guernesey
GH:ghana|gana
GI:gibraltar|gibilterra
GL:greenland|gronland|groenland|groenlandia|grenlandia
GM:gambia|gambie
GN:guinea|guinee|guine|gwinea
GP:guadeloupe|guadalupe|guadalupa|gwadelupa
GQ:equatorial guinea|aquatorialguinea|guinee equatoriale|guinea ecuatorial|equatoriaal-guinea|guinea equatoriale|guine equatorial|gwinea rownikowa
GR:greece|griechenland|grece|grecia|griekenland|grecja
GS:south georgia & south sandwich islands|sudgeorgien und die sudlichen sandwichinseln|georgie du sud-et-les iles sandwich du sud|islas georgia del sur y sandwich del sur|zuid-georgia en zuidelijke sandwicheilanden|georgia del sud e sandwich australi|ilhas georgia do sul e sandwich do sul|georgia południowa i sandwich południowy
GT:guatemala|gwatemala
GU:guam
GW:guinea-bissau|guinee-bissau|guinea-bisau|guine-bissau|gwinea bissau
GY:guyana|guiana|gujana
HK:hong kong sar china|sonderverwaltungsregion hongkong|r.a.s. chinoise de hong kong|rae de hong kong (china)|hongkong sar van china|ras di hong kong|hong kong, rae da china|sra hongkong (chiny)|hong kong
HM:heard & mcdonald islands|heard und mcdonaldinseln|iles heard-et-macdonald|islas heard y mcdonald|heard en mcdonaldeilanden|isole heard e mcdonald|ilhas heard e mcdonald|wyspy heard i mcdonalda
HN:honduras
HR:croatia|kroatien|croatie|croacia|kroatie|croazia|chorwacja
HT:haiti
HU:hungary|ungarn|hongrie|hungria|hongarije|ungheria|wegry
ID:indonesia|indonesien|indonesie|indonezja
IE:ireland|irland|irlande|irlanda|ierland|irlandia
IL:israel|israele|izrael
IM:isle of man|ile de man|isla de man|isola di man|ilha de man|wyspa man
IN:india|indien|inde|indie
IO:british indian ocean territory|britisches territorium im indischen ozean|territoire britannique de l’ocean indien|territorio britanico del oceano indico|brits indische oceaanterritorium|territorio britannico dell’oceano indiano|territorio britanico do oceano indico|brytyjskie terytorium oceanu indyjskiego
IQ:iraq|irak|iraque
IR:iran|ira
IS:iceland|island|islande|islandia|ijsland|islanda
IT:italy|italien|italie|italia|włochy
JE:jersey
JM:jamaica|jamaika|jamaique|giamaica|jamajka
JO:jordan|jordanien|jordanie|jordania|giordania
JP:japan|japon|giappone|japao|japonia
KE:kenya|kenia|quenia
KG:kyrgyzstan|kirgisistan|kirghizstan|kirguistan|kirgizie|kirghizistan|quirguistao|kirgistan
KH:cambodia|kambodscha|cambodge|camboya|cambodja|cambogia|camboja|kambodza
KI:kiribati|quiribati
KM:comoros|komoren|comores|comoras|comoren|comore|komory
KN:st. kitts & nevis|st. kitts und nevis|saint-christophe-et-nieves|san cristobal y nieves|saint kitts en nevis|saint kitts e nevis|sao cristovao e nevis|saint kitts i nevis
KP:north korea|nordkorea|coree du nord|corea del norte|noord-korea|corea del nord|coreia do norte|korea połnocna
KR:south korea|sudkorea|coree du sud|corea del sur|zuid-korea|corea del sud|coreia do sul|korea południowa|republic of korea
KW:kuwait|koweit|koeweit|kuwejt
KY:cayman islands|kaimaninseln|iles caimans|islas caiman|kaaimaneilanden|isole cayman|ilhas cayman|kajmany
KZ:kazakhstan|kasachstan|kazajistan|kazachstan|kazakistan|cazaquistao
LA:laos
LB:lebanon|libanon|liban|libano
LC:st. lucia|sainte-lucie|santa lucia|saint lucia
LI:liechtenstein
LK:sri lanka
LR:liberia
LS:lesotho|lesoto
LT:lithuania|litauen|lituanie|lituania|litouwen|litwa
LU:luxembourg|luxemburg|luxemburgo|lussemburgo|luksemburg
LV:latvia|lettland|lettonie|letonia|letland|lettonia|łotwa
LY:libya|libyen|libye|libia|libie
MA:morocco|marokko|maroc|marruecos|marocco|marrocos|maroko
MC:monaco|monako
MD:moldova|republik moldau|moldavie|moldavia|mołdawia
ME:montenegro|czarnogora
MF:st. martin|saint-martin|san martin|saint martin|sao martinho
MG:madagascar|madagaskar
MH:marshall islands|marshallinseln|iles marshall|islas marshall|marshalleilanden|isole marshall|ilhas marshall|wyspy marshalla
MK:north macedonia|nordmazedonien|macedoine du nord|macedonia del norte|noord-macedonie|macedonia del nord|macedonia do norte|macedonia połnocna
ML:mali
MM:myanmar (burma)|myanmar|myanmar (birmanie)|myanmar (birmania)|myanmar (birma)|mianmar (birmania)|mjanma (birma)
MN:mongolia|mongolei|mongolie
MO:macao sar china|sonderverwaltungsregion macau|r.a.s. chinoise de macao|rae de macao (china)|macau sar van china|ras di macao|macau, rae da china|sra makau (chiny)
MP:northern mariana islands|nordliche marianen|iles mariannes du nord|islas marianas del norte|noordelijke marianen|isole marianne settentrionali|ilhas marianas do norte|mariany połnocne
MQ:martinique|martinica|martynika
MR:mauritania|mauretanien|mauritanie|mauretania
MS:montserrat
MT:malta|malte
MU:mauritius|maurice|mauricio
MV:maldives|malediven|maldivas|maldiven|maldive|malediwy
MW:malawi|malaui
MX:mexico|mexiko|mexique|messico|meksyk
MY:malaysia|malaisie|malasia|maleisie|malezja
MZ:mozambique|mosambik|mozambico|mocambique|mozambik
NA:namibia|namibie
NC:new caledonia|neukaledonien|nouvelle-caledonie|nueva caledonia|nieuw-caledonie|nuova caledonia|nova caledonia|nowa kaledonia
NE:niger
NF:norfolk island|norfolkinsel|ile norfolk|isla norfolk|norfolk|isola norfolk|ilha norfolk
NG:nigeria
NI:nicaragua|nikaragua
NL:netherlands|niederlande|pays-bas|paises bajos|nederland|paesi bassi|paises baixos|holandia|holland|the netherlands|pays bas
NO:norway|norwegen|norvege|noruega|noorwegen|norvegia|norwegia
NP:nepal
NR:nauru
NU:niue
NZ:new zealand|neuseeland|nouvelle-zelande|nueva zelanda|nieuw-zeeland|nuova zelanda|nova zelandia|nowa zelandia
OM:oman|oma
PA:panama
PE:peru|perou
PF:french polynesia|franzosisch-polynesien|polynesie francaise|polinesia francesa|frans-polynesie|polinesia francese|polinezja francuska
PG:papua new guinea|papua-neuguinea|papouasie-nouvelle-guinee|papua nueva guinea|papoea-nieuw-guinea|papua nuova guinea|papua-nova guine|papua-nowa gwinea
PH:philippines|philippinen|filipinas|filipijnen|filippine|filipiny
PK:pakistan|paquistao
PL:poland|polen|pologne|polonia|polska
PM:st. pierre & miquelon|st. pierre und miquelon|saint-pierre-et-miquelon|san pedro y miquelon|saint-pierre en miquelon|saint-pierre e miquelon|sao pedro e miquelao|saint-pierre i miquelon
PN:pitcairn islands|pitcairninseln|iles pitcairn|islas pitcairn|pitcairneilanden|isole pitcairn|ilhas pitcairn|pitcairn
PR:puerto rico|porto rico|portorico|portoryko
PS:palestinian territories|palastinensische autonomiegebiete|territoires palestiniens|territorios palestinos|palestijnse gebieden|territori palestinesi|terytoria palestynskie
PT:portugal|portogallo|portugalia
PW:palau|palaos
PY:paraguay|paraguai|paragwaj
QA:qatar|katar|catar
RE:reunion|la reunion|riunione|reuniao
RO:romania|rumanien|roumanie|rumania|roemenie|romenia|rumunia
RS:serbia|serbien|serbie|servie|servia
RU:russia|russland|russie|rusia|rusland|rosja|russian federation
RW:rwanda|ruanda
SA:saudi arabia|saudi-arabien|arabie saoudite|arabia saudi|saoedi-arabie|arabia saudita|arabia saudyjska
SB:solomon islands|salomonen|iles salomon|islas salomon|salomonseilanden|isole salomone|ilhas salomao|wyspy salomona
SC:seychelles|seychellen|seicheles|seszele
SD:sudan|soudan|soedan|sudao
SE:sweden|schweden|suede|suecia|zweden|svezia|szwecja
SG:singapore|singapur|singapour|singapura
SH:st. helena|sainte-helene|santa elena|sint-helena|sant’elena|santa helena|wyspa swietej heleny
SI:slovenia|slowenien|slovenie|eslovenia|słowenia
SJ:svalbard & jan mayen|spitzbergen und jan mayen|svalbard et jan mayen|svalbard y jan mayen|spitsbergen en jan mayen|svalbard e jan mayen|svalbard i jan mayen
SK:slovakia|slowakei|slovaquie|eslovaquia|slowakije|slovacchia|słowacja
SL:sierra leone|sierra leona|serra leoa
SM:san marino|saint-marin
SN:senegal
SO:somalia|somalie
SR:suriname|surinam
SS:south sudan|sudsudan|soudan du sud|sudan del sur|zuid-soedan|sud sudan|sudao do sul|sudan południowy
ST:sao tome & principe|sao tome und principe|sao tome-et-principe|santo tome y principe|sao tome en principe|sao tome e principe|wyspy swietego tomasza i ksiazeca
SV:el salvador|salvador|salwador
SX:sint maarten|saint-martin (partie neerlandaise)|sint-maarten
SY:syria|syrien|syrie|siria
SZ:eswatini|esuatini|essuatini
TC:turks & caicos islands|turks- und caicosinseln|iles turques-et-caiques|islas turcas y caicos|turks- en caicoseilanden|isole turks e caicos|ilhas turcas e caicos|turks i caicos
TD:chad|tschad|tchad|tsjaad|ciad|chade|czad
TF:french southern territories|franzosische sud- und antarktisgebiete|terres australes francaises|territorios australes franceses|franse gebieden in de zuidelijke indische oceaan|terre australi francesi|territorios franceses do sul|francuskie terytoria południowe i antarktyczne
TG:togo
TH:thailand|thailande|tailandia|thailandia|tajlandia
TJ:tajikistan|tadschikistan|tadjikistan|tayikistan|tadzjikistan|tagikistan|tadjiquistao|tadzykistan
TK:tokelau
TL:timor-leste|timor oriental|oost-timor|timor est|timor wschodni
TM:turkmenistan|turcomenistao
TN:tunisia|tunesien|tunisie|tunez|tunesie|tunezja
TO:tonga
TR:turkiye|turkei|turquie|turquia|turkije|turchia|turcja|turkey
TT:trinidad & tobago|trinidad und tobago|trinite-et-tobago|trinidad y tobago|trinidad en tobago|trinidad e tobago|trynidad i tobago
TV:tuvalu
TW:taiwan|tajwan|taiwan, republic of china
TZ:tanzania|tansania|tanzanie
UA:ukraine|ucrania|oekraine|ucraina|ukraina
UG:uganda|ouganda|oeganda
UM:u.s. outlying islands|amerikanische uberseeinseln|iles mineures eloignees des etats-unis|islas menores alejadas de ee. uu.|kleine afgelegen eilanden van de verenigde staten|isole minori esterne degli stati uniti|ilhas menores distantes dos eua|dalekie wyspy mniejsze stanow zjednoczonych
US:united states|vereinigte staaten|etats-unis|estados unidos|verenigde staten|stati uniti|stany zjednoczone|usa|u.s.a|united states of america|etats-unis d'amerique|vereinigte staaten von amerika|estados unidos de america
UY:uruguay|uruguai|urugwaj
UZ:uzbekistan|usbekistan|ouzbekistan|oezbekistan|uzbequistao
VA:vatican city|vatikanstadt|etat de la cite du vatican|ciudad del vaticano|vaticaanstad|citta del vaticano|cidade do vaticano|watykan
VC:st. vincent & grenadines|st. vincent und die grenadinen|saint-vincent-et-les grenadines|san vicente y las granadinas|saint vincent en de grenadines|saint vincent e grenadine|sao vicente e granadinas|saint vincent i grenadyny
VE:venezuela|wenezuela
VG:british virgin islands|britische jungferninseln|iles vierges britanniques|islas virgenes britanicas|britse maagdeneilanden|isole vergini britanniche|ilhas virgens britanicas|brytyjskie wyspy dziewicze
VI:u.s. virgin islands|amerikanische jungferninseln|iles vierges des etats-unis|islas virgenes de ee. uu.|amerikaanse maagdeneilanden|isole vergini americane|ilhas virgens americanas|wyspy dziewicze stanow zjednoczonych
VN:vietnam|viet nam|vietna|wietnam
VU:vanuatu
WF:wallis & futuna|wallis und futuna|wallis-et-futuna|wallis y futuna|wallis en futuna|wallis e futuna|wallis i futuna
WS:samoa
XK:kosovo|kosowo
YE:yemen|jemen|iemen
YT:mayotte|majotta
ZA:south africa|sudafrika|afrique du sud|sudafrica|zuid-afrika|africa do sul|republika południowej afryki
ZM:zambia|sambia|zambie
ZW:zimbabwe|simbabwe|zimbabue
"""

COUNTRIES: dict[str, str] = {
    name: code
    for code, _, names in (row.partition(":") for row in _TABLE.split("\n") if row)
    for name in names.split("|")
}
"""Name in lower case without accents, to the code."""
