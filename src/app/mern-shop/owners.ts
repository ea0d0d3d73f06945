/** The teams of the MERN shop. */
export const owners = {
  /** What customers see, the way in, and whatever nobody else owns. */
  shop: '@mern-shop/shop',
  /** Orders, and where they are kept. */
  orders: '@mern-shop/orders',
};
