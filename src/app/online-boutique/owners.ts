/** The teams of the boutique. */
export const owners = {
  /** Pages and the way in, and whatever nobody else owns. */
  shop: '@online-boutique/shop',
  /** What a customer looks at before buying. */
  catalogue: '@online-boutique/catalogue',
  /** From the cart to the parcel. */
  checkout: '@online-boutique/checkout',
};
