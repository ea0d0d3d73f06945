/** The teams of the store. */
export const owners = {
  /** Pages, products and the way in, and whatever nobody else owns. */
  store: '@jhipster-store/store',
  /** Invoices. */
  billing: '@jhipster-store/billing',
};
