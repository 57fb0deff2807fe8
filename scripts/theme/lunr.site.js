/**
 * Korean and English for Material's search: `lang: ["site"]` in the index of each edition loads it.
 *
 * Material looks for words that begin with what was typed.  So that this finds what is meant,
 * - the index holds the endings of every Korean word too: 신경망 is found in 인공신경망;
 * - a query loses its particle or ending: 역전파를 finds 역전파는, "gradients" finds "gradient";
 * - a query that joins two Korean words is split: 기울기소실 finds 기울기 소실.
 */
;(function (root) {
  "use strict"
  var lunr = root.lunr

  var PARTICLE = new RegExp(
    "(으로써|으로서|에서는|에서도|이라는|이라고|에서|으로|에게|까지|부터|처럼|보다|마다|이란|라는|라고" +
      "|들은|들이|들을|들의|은|는|이|가|을|를|의|에|와|과|도|로|만|란|들)$"
  )
  var HANGUL = /[가-힣]+/g
  var words = new Set() // what the index holds: where a compound may be split
  var alternates = new Set() // words that only help a query: never reported as missing
  var splitting = true

  /** Return `word` without its particle, or as it is when hardly anything would be left. */
  function stem(word) {
    var shorter = word.replace(PARTICLE, "")
    return shorter.length > 1 ? shorter : word
  }

  /** Index a word, its stem, and the endings of the stem that are two syllables or longer. */
  function expand(token) {
    var text = token.toString()
    var found = new Set([text])
    ;(text.match(HANGUL) || []).forEach(function (run) {
      var base = stem(run)
      if (base.length > 1) found.add(base)
      for (var i = 1; i < base.length - 1; i++) found.add(base.slice(i))
      words.add(run)
      words.add(base)
    })
    return Array.from(found, function (form) {
      return form === text ? token : token.clone(function () { return form })
    })
  }

  /** Return the two known words that `word` joins, the most even split first, or nothing. */
  function split(word) {
    var best = []
    for (var i = 2; i <= word.length - 2; i++) {
      var halves = [word.slice(0, i), stem(word.slice(i))]
      var even = Math.min(halves[0].length, halves[1].length)
      if (words.has(halves[0]) && words.has(halves[1]))
        if (!best.length || even > Math.min(best[0].length, best[1].length)) best = halves
    }
    return best
  }

  lunr.site = function () {
    this.pipeline.reset()
    this.pipeline.add(isStopWord, expand)
    this.searchPipeline.reset()
  }
  lunr.site.trimmer = lunr.site.stemmer = lunr.site.stopWordFilter = function (token) { return token }
  lunr.Pipeline.registerFunction(expand, "expand")

  // The theme lists the words of a query that a page lacks, except those this function drops.
  var isStopWord = lunr.stopWordFilter
  lunr.stopWordFilter = function (token) {
    return alternates.has(String(token)) ? undefined : isStopWord(token)
  }
  lunr.Pipeline.registerFunction(lunr.stopWordFilter, "shownStopWordFilter")

  /** Return the terms that help to find `word`, and whether all of them must be there. */
  function helpers(word) {
    if (/^[a-z]{4,}$/.test(word)) {
      var root = lunr.stemmer(new lunr.Token(word)).toString()
      return { terms: root !== word && word.startsWith(root) ? [root] : [], all: false }
    }
    if (!/^[가-힣]{3,}$/.test(word)) return { terms: [], all: false }
    var base = stem(word)
    var halves = words.has(base) ? [] : split(word)
    if (halves.length) return { terms: halves, all: true }
    return { terms: base === word ? [] : [base], all: false }
  }

  var parse = lunr.QueryParser.prototype.parse
  lunr.QueryParser.prototype.parse = function () {
    var query = parse.call(this)
    query.clauses.slice().forEach(function (clause) {
      if (!clause.term.endsWith("*") || clause.presence !== lunr.Query.presence.OPTIONAL) return
      var word = clause.term.slice(0, -1)
      var help = helpers(word)
      if (help.terms.length) alternates.add(word)
      help.terms.forEach(function (term) {
        var extra = Object.assign({}, clause, { term: term + "*", boost: 0.5 })
        if (help.all && splitting) extra.presence = lunr.Query.presence.REQUIRED
        query.clauses.push(extra)
      })
    })
    return query
  }

  // Both halves must be there; when no page has both, one of them will do.
  var search = lunr.Index.prototype.search
  lunr.Index.prototype.search = function (text) {
    splitting = true
    var results = search.call(this, text)
    if (results.length) return results
    splitting = false
    return search.call(this, text)
  }
})(typeof self === "undefined" ? this : self)
