/** What fdb-tuple takes from Node's `assert`. */
/** @param {unknown} value @param {string} message */
module.exports = function assert(value, message) {
  if (!value) throw new Error(message);
};
