/** The least that a page takes of perdure. */
export { connect } from 'perdure';
