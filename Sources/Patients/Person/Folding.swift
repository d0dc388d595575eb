// Foundation, because the standard library cannot take accents off letters.
import Foundation

/// Text as it is searched and sorted: lower case, without accents, width differences, punctuation and repeated spaces. Every key that the
/// database holds and every term that is looked for goes through here, so both sides agree.
public func folded(_ text: String) -> String {
    let plain = text.folding(options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
    var out = ""
    for character in plain {
        if character.isLetter || character.isNumber {
            out.append(character)
        } else if character.isWhitespace || character == "-", out.last != " ", !out.isEmpty {
            out.append(" ")
        }
    }
    while out.last == " " { out.removeLast() }
    return out
}
