/// Passwords and stems everybody tries first, in lower case: from the published lists of breached passwords, and the words of our trade. A
/// stem is compared after digits and signs around it are taken off, so it stands for all its variations.
enum FrequentPasswords {
    static let all: Set<String> = Set(text.split(whereSeparator: \.isWhitespace).map(String.init)).union(["correct horse battery staple"])

    private static let text = """
        !qaz2wsx 00000000 00112233 01234567 0123456789 10203040 102030405060 11111111 11223344 112233445566 12121212 123123123 123321123
        12341234 12344321 12345678 123456789 1234567890 123456789a 123456789q 12345qwert 1234qwer 123qweasd 13579246 147258369 159357456
        1a2b3c4d 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qazxsw2 20202020 24681357 31415926 314159265 69696969 741852963 77777777 789456123 87654321
        88888888 963852741 987654321 9876543210 a1234567 a12345678 a123456789 a1b2c3d4 a1s2d3f4 aa123456 aaaa1111 abc12345 abc123abc
        abcabc abcd1234 abcd4321 abracadabra access accessdenied admin administrator alexander alexandra amanda amazon ambulance america
        american andrew android angel angelica angels animal anthony apple appointment april arsenal asdf1234 asdfasdf asdfgh asdfghjk
        asdfghjkl asdqwe123 ashley august autumn azerty azertyuiop babygirl bailey banana barbie barcelona baseball basketball batman
        beatles beautiful benjamin bestfriend beyonce biller billing birthday blessed blessing blink182 boston brandon brightsmile brother
        bulldogs business buster butterfly california camaro champion changeit changeme charles charlie cheese chelsea chevrolet chicago
        chocolate christ christian christmas christopher cinderella clinic coffee company computer computer1 cookie coronavirus
        correcthorsebatterystaple corvette covid cowboys crystal customer daddy dallas daniel darwin database december default demo
        demodemo dental dentist dentistry diamond director doctor dollars donald dragon eagles easter einstein elizabeth elvis emergency
        eminem employee england enterprise example eyecare facebook faith family father february ferrari florida flower football ford
        forever foreverlove forgotpassword fortnite freedom friday friends frodo frontdesk galileo gamer gandalf garfield genius george
        ginger godisgood golden goldfish golf goodbye goodluck goodmorning goodnight goofy google gorgeous grace grandma grandpa guest
        guitar halloween hannah happybirthday harley health healthcare healthy heartbeat heaven hello hello123 hellohello hellokitty
        helloworld helpdesk hipaa hithere hobbit hockey honda honeybee hospital houston hunter hurricane hygiene hygienist ilovejesus
        iloveme ilovemom iloveu iloveyou iloveyou1 instagram internet internet1 iphone ironman january jennifer jessica jesus jesus1
        jesuschrist jonathan jordan joshua july june justin juventus keyboard killer knight lakers letmein letmein1 letmeinnow liberty
        lightning linkedin liverpool lkjhgfdsa login london losangeles lottery lovelove lovely loveme lovers loveyou madonna maggie
        manager manchester march mario married master matrix matthew maverick medicaid medical medicare medicine mercedes merlin
        merrychristmas metallica michael mickey microsoft midnight million millionaire minecraft minnie mnbvcxz mnbvcxzlkjh mommy monday
        money monkey moonlight mother music mustang mylove mypass mypassword ncc1701 ncc1701d neo netflix network newpass newpassword
        newton newyork nicholas nicole nintendo nirvana nissan nopassword november nurse nursing october office oldpassword opensesame
        openup optical optician optometry orange orthodontist packers panthers pass1234 passcode passpass passphrase passport passw0rd
        password password1 password12 password123 password1234 passwords passwort patient patients patrick patriots peanut pepper pharmacy
        phoenix phoenix1 physician pikachu pirates player playstation poiuyt poiuytrewq pokemon polyclinic porsche practice predator
        princess private provider q1w2e3r4 q1w2e3r4t5 qazwsx qazwsxedc qwe123qwe qweasdzxc qweqweqwe qwer1234 qwerty qwerty123 qwertyui
        qwertyuiop qwertz qwertzuiop rainbow ranger reception receptionist redsox resetme resetpassword rewq1234 richard robert roblox
        rock rockstar rockyou root samantha sample samsung saturday schedule scheduling scooter scorpion secret secret1 security september
        server service sesame shadow shakespeare silver sister skywalker slipknot smile smiles snoopy snowball snowflake soccer softball
        spider spiderman spring starlight startrek starwars steelers stephanie stethoscope steven subaru success sugar summer sunday
        sunflower sunset sunshine sunshine1 superman support surgeon surgery sweetheart sweetie sweetness sysadmin system taylor temp
        temp1234 tempest temporary temppass tennis terminator test test123 test1234 tester testing testtest texas thepassword therapist
        therapy thomas thunder thursday tigers tigger tinkerbell together toor toothbrush toothfairy topsecret toyota trinity trustme
        trustno1 tuesday twitter vaccine valentine vetclinic veterinarian veterinary victoria victory vision volkswagen volleyball voyager
        warrior wedding wednesday welcome welcomeback wellness whatever whatever1 wildcats william windows winner winter wireless wizard
        xbox360 yamaha yankees yourpassword youtube zaq12wsx zelda zxcv1234 zxcvbn zxcvbnm zxcvbnm1 zxcvbnm123
        """
}
