"""First names, what people make of them, and which names are also words. All in small letters without accents."""

_FORMS = """
abdul abdullah abdel
abigail abby gail
abraham abram abe ibrahim
agnes aggie nessa
alan allan allen al
albert alberto al bert bertie
alejandro alejandra alex ale
alexander alexandra alexandre alexandria aleksandr aleksandra alex alec alexis sandy sandra sasha sascha xander lexi
alfred alfredo alf alfie fred freddie
alice alicia allie
alison allison ali
amanda mandy
amelia emilia millie amy
andrew andreas andre andrea andrei andrzej andy drew
angela angelica angie
anna ana anne ann annie anita anya hannah nan
anthony antonio antoine anton tony toni
antonia toni tonia
archibald archie
arthur art artie
augustus august augustin gus
barbara barb barbie babs
bartholomew bart
beatrice beatriz beatrix bea trixie
benjamin benedict ben benny benji
bernard bernardo bernhard bernie
bridget brigitte birgit biddy
caroline carolina carol carrie caro
cassandra cass cassie
catherine katherine kathryn katharine katharina catalina caterina kate katie kathy cathy kat kay kitty katya kasia
charles carlos carl karl charlie chuck chas
charlotte charlie lottie lotte
christian christopher kristof christoph cristian chris kit topher
christina christine kristina kristin christa chris chrissie tina
cynthia cindy
daniel daniele danilo dan danny
daniela danielle dani
david davide dave davy
deborah debra deb debbie
dennis denis denny
dimitri dmitri dmitry dimitrios dima
dominic dominik dominique dom nick
donald don donnie
dorothy dorothea dot dottie dolly thea
douglas doug
edward eduardo edmund edwin ed eddie eddy ned ted teddy
eleanor eleonora elena ellen helen helena ellie nell nora lena
elizabeth elisabeth isabel isabella eliza elsbeth liz lizzie beth betty betsy libby lisa elsie liesl bella izzy
emily emilie em emmy millie
emma em emmie
ernest ernesto ernst ernie
eugene gene
evelyn eve evie
ezekiel zeke
fatima fatma fatimah
ferdinand fernando nando ferdi
florence flo flossie
frances francesca franziska fran frankie franny
francis francesco francisco franz frank paco pancho frankie
frederick frederic friedrich federico fred freddie freddy fritz
gabriel gabriela gabriella gabrielle gabe gabi gabby
geoffrey jeffrey geoff jeff
george georg jorge giorgio jurgen yuri georgie
georgina georgia georgie gina
gerald gerard gerhard jerry gerry
gertrude trudy gerti
gregory gregor gregorio greg
guillermo guillaume wilhelm william willem will bill billy willy willi liam memo
harold harry hal
harriet hattie harriette
henry heinrich henrik enrique enrico henri harry hank heinz
herbert herb bert
hubert hugh hugo hughie
ignatius ignacio iggy nacho
irene irina rena
isaac ike zac
jacob jakob jacques james jaime diego santiago jake jim jimmy jamie jack
jacqueline jackie jacqui
jane jean joan joanna johanna giovanna jana jenny janie jo
janet jan
jasmine yasmin yasmine jaz
jennifer jenny jen jenna
jeremy jeremiah jerry jem
jerome hieronymus jerry
jessica jess jessie
joel joe
john jon johann johannes jean juan ivan ian sean giovanni joao jan hans jack johnny jonny
jonathan jonathon jon jonny nathan
joseph josef jose giuseppe yusuf youssef yosef joe joey jo pepe beppe
josephine josefina josie jo fifi
joshua josh
judith judy jude
julia julie juliana juliet giulia jules
julian julius julio julien jules
justin justine jus
kenneth ken kenny
kimberly kim
lawrence laurence lorenzo laurent lars larry laurie
leonard leonardo leon leo len lenny
leopold leo poldi
louis luis lewis ludwig luigi lou louie
louise luisa louisa lou lulu
lucy lucia lucille luce lulu
magdalena madeleine madeline magda lena maddie
malcolm mal
margaret margarita margarete marguerite margherita maggie meg peggy madge greta gretchen rita margot daisy
maria mary marie miriam maryam mariam mariana marianne molly polly mia mimi mitzi
mark marcus marco marcos markus marc
martin martina martine marty
martha marta patty
matthew matthias matteo mateo mathieu matt matty
maureen mo reen
maurice moritz mauricio mo morris
maximilian maximiliano maxim maxine max
melissa mel lissa
melanie mel
michael michel michele miguel mikhail michal mike mick mickey mikey misha mitch
michaela micaela michelle micki shelly
mildred millie
mohammed muhammad mohamed mohammad muhammed mehmet mahmoud ahmed ahmad mo moh hamada
moses moshe moise mo
nadezhda nadia nadja
natalie natalia nathalie natasha nat tash
nathaniel nathan nat nate
nicholas nicolas nikolaus niklas nikolai klaus nick nicky niko nico
nicole nicola nicolette nicky nikki
olga olya
oliver olivier ollie
olivia olive liv livvy
pamela pam
patricia patrizia pat patty trish tricia trixie
patrick padraig patrice pat paddy
paul paulo pablo paolo pavel pauli
paula pauline paulina polly
peter petra pedro pierre pietro piotr petros pete
philip philippe phillip felipe filippo phil pip
phyllis phyl
prudence prue
rachel raquel rachael rae ray
raymond ramon raimund ray
rebecca rebekah becky becca
reginald reg reggie
richard ricardo riccardo rick ricky rich richie dick
robert roberto rob robbie bob bobby bert robin
roberta bobbie robbie
roderick rodrigo rod roddy
roger rudiger ruggero rodge
ronald ronaldo ron ronnie
rosemary rose rosie romy
rosalind rosalie rosa ros roz
rudolf rodolfo rudi rudy
samantha sam sammy
samuel sam sammy
sarah sara sally sadie
sebastian sebastien seb basti bastian
sergei sergio serge serhiy
simon simone shimon si
sophia sophie sofia zofia sofie fifi
stanley stanislav stanislaw stan
stephanie stefanie stefania steph steffi
stephen steven stefan esteban stefano etienne steve stevie
susan susanne susanna suzanne sue susie suzy zuzana
svetlana sveta lana
sylvia silvia sylvie
tatiana tatjana tanya tania
terence terrence terry tel
teresa theresa therese terry tess tessa
theodore teodor theo ted teddy fyodor
thomas tomas tommaso tom tommy
timothy timotheus tim timmy
tobias toby tobi
ursula ulla uschi
valentina valentine val
valerie val
vanessa nessa
veronica veronika vera ronnie roni
victor viktor vittorio vic
victoria viktoria vittoria vicky vicki tori
vincent vincente vincenzo vin vinny
virginia ginny
vladimir volodymyr vova vlad
walter walther wally walt
wilhelmina mina willa minnie
winifred winnie freda
zachary zacharias zach zack
aisha ayesha aicha aysha ayse
adebayo bayo
agnieszka aga
ahmed ahmad ahmet
amina aminah amna
amit
amara
angharad
anjali
arjun
aurelie
ava
ayodele ayo
bilal billal
bronwen bronwyn
camille camilla camila
carmen
carys cerys
celine
chidi chidiebere
chinedu nedu
chioma
chloe
claire clare clara
cristina
dafydd dewi
darnell
deepak dipak
deepika dipika
divya
ebony
elin elen
emeka chukwuemeka
emre
ethan
ewan euan ieuan iwan
ffion
folasade sade
francois francoise
gareth
gwen gwenllian
haruto
hassan hasan
hiroshi hiro
huda
hussein husain hussain hossein
huw
hyun
ikram
imani
ines inez
isla
javier javi
jayden
kareem karim kerim
kavita kavitha
keisha
kenji
khadija khadijah hatice
khalid khaled
kofi
krzysztof
kwame
kyle
lakshmi laxmi
latoya
layla leila laila leyla
lucie
malgorzata gosia
mason
meera mira
megan
mehmet
mustafa mostafa mustapha
ngozi
noah
noor nour nur
olumide olu
omar umar omer
owen owain
pilar
pooja puja
priya
rafael raphael rafa
rahul
rania
ravi
rhys reese
salma selma
samira sameera
sanjay
shanice
sian
sinead
sioned
siobhan
sipho
sunita
sushma
tariq tarek
temitope temi
thabo
tomasz
tunde babatunde
tyler
tyrone
vijay
xiaoming
yuki
yusuf youssef yousef yosef joseph
zainab zaynab zeynep zeinab
zola
"""

_PARTICLES = "abu al and ben bin da de del della den der des di do dos du el ibn la le st ten ter the van von zu"
_WORDS = """
al ali an angel art august bell bill bob brook chance chase chip dale dean don dot dolly drew ed eve faith fay flo frank
gay gene glen grace grant guy hal hank harry hope iris ivy jack jay jean jo joy jude june kay kit lane lee lily liv lou
mark max may mel mike miles nat ned nick pat paddy patty peg penny pip pop ray red reed rich rick rob robin roman rose
ruby sage sandy si sky son star sue summer tel thea tori val van vic victor violet wade ward will wills win wren young
long white black brown green good best king knight day north west small little price field hill wood stone reason page
case cook baker mason carter
"""
PARTICLES = frozenset(_PARTICLES.split())
"""Parts of names that say nothing by themselves."""
NAMES_THAT_ARE_WORDS = frozenset(_WORDS.split())
"""In small letters these are read as words."""
WORDS_ELSEWHERE = frozenset(
    ("alan", "ale", "ava", "caro", "dan", "jan", "jus", "mal", "memo", "mia", "pam", "ros", "sean")
)
"""Words of French, Spanish or Welsh that are also first names."""


def _related() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in _FORMS.split("\n"):
        forms = set(line.split())
        for form in forms:
            found.setdefault(form, set()).update(forms)
    return {form: frozenset(others) for form, others in found.items()}


_RELATED = _related()
FIRST_NAMES = frozenset(_RELATED)
"""All first names and their forms."""


def forms_of(first_name: str) -> frozenset[str]:
    """Return the forms of a first name, itself among them; all in small letters without accents."""
    return _RELATED.get(first_name, frozenset()) | {first_name}
